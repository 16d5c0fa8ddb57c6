"""The stream in Redis in which statements wait, acknowledged, until a consumer has stored them (ETL_MODE=streaming).

An entry is deleted after the commit of what it became, never before: what is not in the stream is in the record, or
among the poison messages.
"""
