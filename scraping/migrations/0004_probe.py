"""Reserved in a chain, so that parallel work does not collide."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("scraping", "0003_life")]
    operations = []
