from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("meters", "0005_imports")]
    operations = []
