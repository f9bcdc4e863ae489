"""What other orchestrators do, where it differs from our own rules: functions, each with its source."""
