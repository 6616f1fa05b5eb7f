package dev.sdlora.pipeline.conditioning;

/**
 * What a text encoder makes of a chunk. Nobody changes the arrays.
 *
 * @param states [77][width], before weights act on them
 * @param pooled what it says of the chunk as a whole; empty if the U-Net does not read that
 */
@SuppressWarnings("ArrayRecordComponent") // Compared by nobody, and large.
record EncodedChunk(float[] states, float[] pooled) {}
