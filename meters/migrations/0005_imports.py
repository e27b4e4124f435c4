from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("meters", "0004_validation")]
    operations = []
