package dev.sdlora.request;

import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.image.Image;
import dev.sdlora.api.image.ImageToImage;
import dev.sdlora.api.image.Inpainting;
import dev.sdlora.api.image.MaskedContent;
import dev.sdlora.api.image.Outpainting;
import dev.sdlora.api.image.ResizeMode;
import dev.sdlora.request.context.RequestImages;
import dev.sdlora.request.json.FieldException;
import dev.sdlora.request.json.Fields;
import java.util.List;
import java.util.Map;

/** The fields of {@code img2img}: the start image and its mask. */
final class ImageToImageFields {
  /** The index of {@link MaskedContent#FILL}. */
  private static final int FILL = 0;

  private static final int BLUR = 4;

  /** The settings of a mask in the text of an image, of which one at least is always there. */
  private static final List<String> OF_A_MASK =
      List.of("Mask mode", "Mask blur", "Inpaint area", "Masked area padding", "Masked content");

  private final RequestImages images;
  private final Overrides options;
  private final Map<String, String> recorded;

  /**
   * Creates a reader.
   *
   * @param recorded the settings of a start image in the field {@code infotext}, which has neither
   *     the image nor its mask; other fields replace them
   */
  ImageToImageFields(RequestImages images, Overrides options, Map<String, String> recorded) {
    this.images = images;
    this.options = options;
    this.recorded = Map.copyOf(recorded);
  }

  void read(Fields fields, PromptSpec.Builder spec) {
    List<String> given = fields.texts("init_images");
    if (given.isEmpty()) {
      return;
    }
    if (given.size() > 1) {
      throw new FieldException(
          "init_images", "field 'init_images' must have one image, but has " + given.size());
    }
    Image image = images.image("init_images", given.get(0), options.background());
    ImageToImage.Builder start = ImageToImage.builder(image);
    ifValid(() -> start.parameters(recorded));
    options.start(start);
    fields.ifNumber("denoising_strength", start::denoisingStrength);
    fields.ifNumber("initial_noise_multiplier", start::noiseMultiplier);
    start.resizeMode(choice(ResizeMode.values(), fields, "resize_mode", 0));
    fields
        .name("mask")
        .map(text -> images.image("mask", text))
        .map(mask -> inpainting(fields, fitted(mask, image)))
        .ifPresent(start::inpainting);
    if (fields.has("outpainting")) {
      if (fields.name("mask").isPresent()) {
        throw new FieldException(
            "outpainting", "fields 'mask' and 'outpainting' cannot be combined");
      }
      start.outpainting(outpainting(fields));
    }
    spec.imageToImage(start.build());
  }

  /** Stretches masks of another size, as A1111 does. */
  private static Image fitted(Image mask, Image image) {
    boolean same = mask.width() == image.width() && mask.height() == image.height();
    return same ? mask : mask.resized(image.width(), image.height());
  }

  /** Skips invalid values in the text of another image, about which the result warns. */
  private static void ifValid(Runnable setter) {
    try {
      setter.run();
    } catch (IllegalArgumentException e) {
      return;
    }
  }

  private Inpainting inpainting(Fields fields, Image mask) {
    Inpainting.Builder inpainting = Inpainting.builder(mask);
    options.mask(inpainting);
    if (!fields.flag("mask_round", true)) {
      fields.warn("field 'mask_round' has no effect here: masks are always rounded");
    }
    if (OF_A_MASK.stream().anyMatch(recorded::containsKey)) {
      ifValid(() -> inpainting.parameters(recorded));
    } else {
      inpainting.onlyMasked(true).padding(0).maskedContent(MaskedContent.FILL);
    }
    if (fields.has("mask_blur_x") || fields.has("mask_blur_y")) {
      inpainting.maskBlur(
          Math.max(fields.whole("mask_blur_x", BLUR), fields.whole("mask_blur_y", BLUR)));
    }
    fields.ifWhole("mask_blur", inpainting::maskBlur);
    if (fields.has("inpainting_fill")) {
      inpainting.maskedContent(choice(MaskedContent.values(), fields, "inpainting_fill", FILL));
    }
    if (fields.has("inpaint_full_res")) {
      inpainting.onlyMasked(fields.flag("inpaint_full_res", true));
    }
    fields.ifWhole("inpaint_full_res_padding", inpainting::padding);
    if (fields.has("inpainting_mask_invert")) {
      inpainting.inverted(fields.flag("inpainting_mask_invert", false));
    }
    return inpainting.build();
  }

  /**
   * Reads a field that A1111 does not have: pixels to add at each edge; the blur is that of masks.
   */
  private Outpainting outpainting(Fields fields) {
    Fields sides = fields.object("outpainting");
    Outpainting usual =
        Outpainting.of(
            sides.whole("left", 0),
            sides.whole("right", 0),
            sides.whole("up", 0),
            sides.whole("down", 0));
    return new Outpainting(
        usual.left(),
        usual.right(),
        usual.up(),
        usual.down(),
        fields.whole("mask_blur", usual.maskBlur()),
        choice(MaskedContent.values(), fields, "inpainting_fill", FILL));
  }

  private static <T> T choice(T[] values, Fields fields, String name, int otherwise) {
    int number = fields.whole(name, otherwise);
    if (number < 0 || number >= values.length) {
      throw new FieldException(
          name, "field '%s' must be from 0 to %s: %s".formatted(name, values.length - 1, number));
    }
    return values[number];
  }
}
