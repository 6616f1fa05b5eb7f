package dev.sdlora.api.prompt;

/**
 * A stretch of a text.
 *
 * @param start where it starts, in characters from 0
 * @param end the place after its last character
 */
public record Span(int start, int end) {}
