package dev.sdlora.server.job;

import java.awt.image.BufferedImage;

/**
 * A preview that is kept after its step.
 *
 * @param image the preview
 * @param finished the number of images that the job had finished before
 */
public record KeptPreview(BufferedImage image, int finished) {}
