"""What people do in production: plan and release orders, start and stop work, report it."""
