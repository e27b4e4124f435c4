from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("meters", "0003_rollups")]
    operations = []
