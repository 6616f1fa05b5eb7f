package dev.sdlora.api.prompt;

/**
 * A range of a text.
 *
 * @param start the position of its first character, from 0
 * @param end the position after its last character
 */
public record Span(int start, int end) {}
