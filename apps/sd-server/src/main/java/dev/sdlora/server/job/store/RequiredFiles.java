package dev.sdlora.server.job.store;

/**
 * The files of a job, for a server that lacks them.
 *
 * @param modelHash the SHA-256 of the checkpoint, 64 hexadecimal digits
 * @param files the files by kind, name and hash, as JSON
 */
public record RequiredFiles(String modelHash, String files) {}
