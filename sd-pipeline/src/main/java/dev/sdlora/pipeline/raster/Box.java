package dev.sdlora.pipeline.raster;

/**
 * A part of an image, in pixels.
 *
 * @param left first column
 * @param top first row
 * @param width columns
 * @param height rows
 */
public record Box(int left, int top, int width, int height) {}
