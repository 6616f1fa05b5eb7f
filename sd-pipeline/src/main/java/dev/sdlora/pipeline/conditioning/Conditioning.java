package dev.sdlora.pipeline.conditioning;

/**
 * The text encoder's states of a prompt, weighted.
 *
 * @param states [tokens][width], row by row; not to be changed
 * @param tokens a multiple of 77
 * @param width numbers in a state
 */
@SuppressWarnings("ArrayRecordComponent") // Compared by nobody, and large.
public record Conditioning(float[] states, int tokens, int width) {}
