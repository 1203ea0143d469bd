"""Keys, passwords, sealed contacts: all cryptography except the recording container."""
