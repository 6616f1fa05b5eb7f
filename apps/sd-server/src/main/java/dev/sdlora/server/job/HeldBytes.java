package dev.sdlora.server.job;

import dev.sdlora.api.GeneratedImage;
import dev.sdlora.api.LoraAdapter;
import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.image.ControlUnit;
import dev.sdlora.api.image.Image;
import dev.sdlora.api.image.ImageToImage;
import dev.sdlora.api.image.Inpainting;
import dev.sdlora.api.image.RegionMask;
import java.awt.image.BufferedImage;
import java.util.Optional;
import java.util.stream.Stream;

/** Estimates of the heap that large values take, in bytes. */
public final class HeldBytes {
  private static final long PIXEL = 3;
  private static final long PREVIEW_PIXEL = 4;

  private HeldBytes() {}

  /** Returns the bytes held by the images and prompts of a request. */
  public static long of(PromptSpec spec) {
    Stream<Image> source = spec.imageToImage().map(HeldBytes::images).orElseGet(Stream::empty);
    Stream<Image> masks =
        Stream.concat(
                spec.masks().values().stream(),
                spec.loras().stream().map(LoraAdapter::mask).flatMap(Optional::stream))
            .map(RegionMask::image);
    Stream<Image> control =
        Stream.concat(
            spec.controlUnits().stream().map(ControlUnit::image),
            spec.imagePrompts().stream().flatMap(prompt -> prompt.images().stream()));
    return of(spec.prompt())
        + of(spec.negativePrompt())
        + Stream.of(source, masks, control, spec.referenceImages().stream())
            .flatMap(images -> images)
            .mapToLong(HeldBytes::of)
            .sum();
  }

  private static Stream<Image> images(ImageToImage source) {
    return Stream.concat(
        Stream.of(source.image()), source.inpainting().map(Inpainting::mask).stream());
  }

  /** Returns the bytes held by an image. */
  public static long of(Image image) {
    return PIXEL * image.width() * image.height();
  }

  static long of(GeneratedImage image) {
    return PIXEL * image.width() * image.height() + of(image.infotext());
  }

  static long of(BufferedImage preview) {
    return PREVIEW_PIXEL * preview.getWidth() * preview.getHeight();
  }

  static long of(String text) {
    return 2L * text.length();
  }
}
