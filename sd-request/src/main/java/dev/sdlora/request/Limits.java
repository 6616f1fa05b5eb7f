package dev.sdlora.request;

/**
 * How much a request may ask for.
 *
 * @param bodyBytes of its body, pictures in base64 included
 * @param pixels of each picture, given or asked for
 * @param images of one request
 */
public record Limits(long bodyBytes, long pixels, int images) {}
