"""Webhook endpoints: who may be told, how they are reached, how what they missed is sent again."""
