"""The cases of DANE: records, certificates, levels, and what becomes of a mail."""
