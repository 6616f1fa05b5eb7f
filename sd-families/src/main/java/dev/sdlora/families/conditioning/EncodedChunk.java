package dev.sdlora.families.conditioning;

/**
 * The output of a text encoder for a chunk. The arrays must not be modified.
 *
 * @param states [77][width], before weights are applied
 * @param pooled the pooled embedding of the chunk; empty if the U-Net does not read it
 */
@SuppressWarnings("ArrayRecordComponent") // Large, and never compared.
record EncodedChunk(float[] states, float[] pooled) {}
