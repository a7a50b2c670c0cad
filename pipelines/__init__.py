"""When things run: jobs, schedules, sensors and the command line. Nothing about data."""
