"""The database: tables, engine and queries by area. Nothing of SQLAlchemy leaves this package."""
