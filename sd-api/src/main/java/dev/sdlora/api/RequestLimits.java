package dev.sdlora.api;

import dev.sdlora.api.value.Checks;

/**
 * Limits on a single request, checked before memory is allocated for it. {@link PromptLimits}
 * limits its prompts, including LoRAs.
 *
 * <p>A pipeline applies {@link #masks}, {@link #controlUnits} and {@link #inputPixels} to every
 * request ({@link Pipeline.Builder#requestLimits}). All limits apply to requests in JSON: those of
 * the server and the lines of a batch. Immutable; start from {@link #DEFAULTS}.
 *
 * @param bytes length of a request in JSON including base64 images, at least 1. Default 64 MB
 * @param text characters of a request in JSON without its images, the part that is stored, at least
 *     1. Default 262,144
 * @param pixels width times height of each input and output image, at least 1. Default: no limit
 *     other than {@link Pipeline.Builder#maxPixels} and memory
 * @param inputPixels total pixels of all input images: the image to start from, masks and control
 *     images, at least 1. Default 2²⁸, which take 805 MB of heap
 * @param images images that a request generates, at least 1. Default 1000
 * @param masks masks given by name and with LoRAs, at least 0. Default 50
 * @param controlUnits ControlNets and T2I-Adapters; also image prompts, and detail passes; at least
 *     0. Default 10
 */
public record RequestLimits(
    long bytes, int text, long pixels, long inputPixels, int images, int masks, int controlUnits) {

  /** The default limits. */
  public static final RequestLimits DEFAULTS =
      new RequestLimits(64 << 20, 1 << 18, Long.MAX_VALUE, 1 << 28, 1000, 50, 10);

  /**
   * Checks the numbers.
   *
   * @param bytes length of a request in JSON, at least 1
   * @param text characters of a request in JSON without its images, at least 1
   * @param pixels pixels of each image, at least 1
   * @param inputPixels total pixels of all input images, at least 1
   * @param images images that a request generates, at least 1
   * @param masks masks, at least 0
   * @param controlUnits ControlNets and T2I-Adapters, at least 0
   * @throws IllegalArgumentException if a number is below its minimum
   */
  public RequestLimits {
    Checks.atLeast(1, bytes, "bytes");
    Checks.atLeast(1, text, "text");
    Checks.atLeast(1, pixels, "pixels");
    Checks.atLeast(1, inputPixels, "inputPixels");
    Checks.atLeast(1, images, "images");
    Checks.atLeast(0, masks, "masks");
    Checks.atLeast(0, controlUnits, "controlUnits");
  }

  /**
   * {@return a copy with another limit on the length of a request in JSON}
   *
   * @param most bytes, at least 1
   * @throws IllegalArgumentException if the number is below 1
   */
  public RequestLimits withBytes(long most) {
    return new RequestLimits(most, text, pixels, inputPixels, images, masks, controlUnits);
  }

  /**
   * {@return a copy with another limit on the text of a request in JSON}
   *
   * @param most characters without images, at least 1
   * @throws IllegalArgumentException if the number is below 1
   */
  public RequestLimits withText(int most) {
    return new RequestLimits(bytes, most, pixels, inputPixels, images, masks, controlUnits);
  }

  /**
   * {@return a copy with another limit on the pixels of each image}
   *
   * @param most width times height, at least 1
   * @throws IllegalArgumentException if the number is below 1
   */
  public RequestLimits withPixels(long most) {
    return new RequestLimits(bytes, text, most, inputPixels, images, masks, controlUnits);
  }

  /**
   * {@return a copy with another limit on the total pixels of all input images}
   *
   * @param most pixels, at least 1
   * @throws IllegalArgumentException if the number is below 1
   */
  public RequestLimits withInputPixels(long most) {
    return new RequestLimits(bytes, text, pixels, most, images, masks, controlUnits);
  }

  /**
   * {@return a copy with another limit on the images that a request generates}
   *
   * @param most images, at least 1
   * @throws IllegalArgumentException if the number is below 1
   */
  public RequestLimits withImages(int most) {
    return new RequestLimits(bytes, text, pixels, inputPixels, most, masks, controlUnits);
  }

  /**
   * {@return a copy with another limit on masks}
   *
   * @param most masks given by name and with LoRAs, at least 0
   * @throws IllegalArgumentException if the number is negative
   */
  public RequestLimits withMasks(int most) {
    return new RequestLimits(bytes, text, pixels, inputPixels, images, most, controlUnits);
  }

  /**
   * {@return a copy with another limit on control units}
   *
   * @param most ControlNets and T2I-Adapters, at least 0
   * @throws IllegalArgumentException if the number is negative
   */
  public RequestLimits withControlUnits(int most) {
    return new RequestLimits(bytes, text, pixels, inputPixels, images, masks, most);
  }
}
