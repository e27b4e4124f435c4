"""What Django cannot say: the covering key of readings, how often they are vacuumed, and the admin's views."""

from django.db import migrations

# One meter's year is read from the key alone (docs/decisions/readings.md has the figures).
COVER = """
ALTER TABLE meters_reading DROP CONSTRAINT meters_reading_pkey;
ALTER TABLE meters_reading ADD CONSTRAINT meters_reading_pkey
    PRIMARY KEY (meter_id, start_at) INCLUDE (interval_s, quality, power_kw, energy_kwh);
"""
UNCOVER = """
ALTER TABLE meters_reading DROP CONSTRAINT meters_reading_pkey;
ALTER TABLE meters_reading ADD CONSTRAINT meters_reading_pkey PRIMARY KEY (meter_id, start_at);
"""

# Reading from the key alone needs pages marked all-visible, which is vacuum's work: not after a fifth
# of the table, but after every fiftieth of it.
VACUUM = """
ALTER TABLE meters_reading SET (
    autovacuum_vacuum_insert_scale_factor = 0.02, autovacuum_vacuum_insert_threshold = 10000,
    autovacuum_vacuum_scale_factor = 0.02, autovacuum_analyze_scale_factor = 0.02
);
"""
USUAL_VACUUM = """
ALTER TABLE meters_reading RESET (
    autovacuum_vacuum_insert_scale_factor, autovacuum_vacuum_insert_threshold,
    autovacuum_vacuum_scale_factor, autovacuum_analyze_scale_factor
);
"""


VIEWS = """
CREATE VIEW meters_browsed_reading AS
    SELECT meter_id || '@' || (extract(epoch FROM start_at) * 1000000)::bigint AS key, *
    FROM meters_reading;
CREATE VIEW meters_browsed_revision AS
    SELECT meter_id || '@' || (extract(epoch FROM start_at) * 1000000)::bigint
        || '@' || (extract(epoch FROM replaced_at) * 1000000)::bigint AS key, *
    FROM meters_readingrevision;
CREATE VIEW meters_browsed_weather AS
    SELECT site_id || '@' || (extract(epoch FROM start_at) * 1000000)::bigint AS key, *
    FROM meters_weatherobservation;
"""
NO_VIEWS = """
DROP VIEW meters_browsed_reading;
DROP VIEW meters_browsed_revision;
DROP VIEW meters_browsed_weather;
"""


class Migration(migrations.Migration):
    dependencies = [("meters", "0001_initial")]

    operations = [
        migrations.RunSQL(COVER, UNCOVER),
        migrations.RunSQL(VACUUM, USUAL_VACUUM),
        migrations.RunSQL(VIEWS, NO_VIEWS),
    ]
