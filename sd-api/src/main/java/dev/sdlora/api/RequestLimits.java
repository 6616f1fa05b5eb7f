package dev.sdlora.api;

import dev.sdlora.api.value.Checks;

/**
 * Bounds on what one request may hold, checked before memory is taken for it. {@link PromptLimits}
 * bounds what its prompts may ask for, LoRAs included.
 *
 * <p>A pipeline holds every request to {@link #masks}, {@link #controlUnits} and {@link
 * #inputPixels} ({@link Pipeline.Builder#requestLimits}). Requests in JSON, those of the server and
 * the lines of a batch, are held to all of them. Immutable; start from {@link #DEFAULTS}.
 *
 * @param bytes length of a request in JSON, with the images in base64, from 1. Default 64 MB
 * @param text characters of a request in JSON without its images, from 1: what is kept of it.
 *     Default 262,144
 * @param pixels width times height of each image, given or requested, from 1. Default: no bound
 *     besides {@link Pipeline.Builder#maxPixels} and memory
 * @param inputPixels pixels of all given images together: the image to start from, masks and
 *     control images, from 1. Default 2²⁸, which take 805 MB of heap
 * @param images a request produces, from 1. Default 1000
 * @param masks given by name and with LoRAs, from 0. Default 50
 * @param controlUnits ControlNets and T2I-Adapters, from 0. Default 10
 */
public record RequestLimits(
    long bytes, int text, long pixels, long inputPixels, int images, int masks, int controlUnits) {

  /** The bounds that apply unless others are set. */
  public static final RequestLimits DEFAULTS =
      new RequestLimits(64 << 20, 1 << 18, Long.MAX_VALUE, 1 << 28, 1000, 50, 10);

  /**
   * Checks the numbers.
   *
   * @param bytes from 1
   * @param text characters, from 1
   * @param pixels from 1
   * @param inputPixels from 1
   * @param images from 1
   * @param masks from 0
   * @param controlUnits from 0
   * @throws IllegalArgumentException if one is below its least value
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
   * {@return a copy with another bound on the length of a request in JSON}
   *
   * @param most bytes, from 1
   * @throws IllegalArgumentException if it is below 1
   */
  public RequestLimits withBytes(long most) {
    return new RequestLimits(most, text, pixels, inputPixels, images, masks, controlUnits);
  }

  /**
   * {@return a copy with another bound on the text of a request in JSON}
   *
   * @param most characters without images, from 1
   * @throws IllegalArgumentException if it is below 1
   */
  public RequestLimits withText(int most) {
    return new RequestLimits(bytes, most, pixels, inputPixels, images, masks, controlUnits);
  }

  /**
   * {@return a copy with another bound on the pixels of each image}
   *
   * @param most width times height, from 1
   * @throws IllegalArgumentException if it is below 1
   */
  public RequestLimits withPixels(long most) {
    return new RequestLimits(bytes, text, most, inputPixels, images, masks, controlUnits);
  }

  /**
   * {@return a copy with another bound on the pixels of all given images together}
   *
   * @param most pixels, from 1
   * @throws IllegalArgumentException if it is below 1
   */
  public RequestLimits withInputPixels(long most) {
    return new RequestLimits(bytes, text, pixels, most, images, masks, controlUnits);
  }

  /**
   * {@return a copy with another bound on the images that a request produces}
   *
   * @param most images, from 1
   * @throws IllegalArgumentException if it is below 1
   */
  public RequestLimits withImages(int most) {
    return new RequestLimits(bytes, text, pixels, inputPixels, most, masks, controlUnits);
  }

  /**
   * {@return a copy with another bound on masks}
   *
   * @param most masks given by name and with LoRAs, from 0
   * @throws IllegalArgumentException if it is negative
   */
  public RequestLimits withMasks(int most) {
    return new RequestLimits(bytes, text, pixels, inputPixels, images, most, controlUnits);
  }

  /**
   * {@return a copy with another bound on control units}
   *
   * @param most ControlNets and T2I-Adapters, from 0
   * @throws IllegalArgumentException if it is negative
   */
  public RequestLimits withControlUnits(int most) {
    return new RequestLimits(bytes, text, pixels, inputPixels, images, masks, most);
  }
}
