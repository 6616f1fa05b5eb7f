package dev.sdlora.infotext.key;

import dev.sdlora.api.image.HiresFix;
import dev.sdlora.api.image.ImageToImage;
import dev.sdlora.api.image.Inpainting;
import dev.sdlora.api.image.MaskedContent;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** The keys of img2img and inpainting. */
final class ImageToImageKeys {
  static final InfotextKey DENOISING_STRENGTH =
      InfotextKey.setting(
          "Denoising strength",
          InfotextKey.ofImage(
                  "Denoising strength",
                  settings ->
                      settings
                          .spec()
                          .imageToImage()
                          .map(ImageToImage::denoisingStrength)
                          .or(() -> settings.spec().hiresFix().map(HiresFix::denoisingStrength))
                          .map(InfotextValues::number))
              .writer(),
          InfotextDraft::denoisingStrength);

  static final InfotextKey CONDITIONAL_MASK_WEIGHT =
      mask("Conditional mask weight", part -> InfotextKey.unless(1, part.conditionalMaskWeight()));

  static final InfotextKey NOISE_MULTIPLIER =
      InfotextKey.ofImage(
          "Noise multiplier",
          settings ->
              settings
                  .spec()
                  .imageToImage()
                  .flatMap(image -> InfotextKey.unless(1, image.noiseMultiplier())));

  static final List<InfotextKey> MASK =
      List.of(
          mask(
              "Mask mode",
              part -> part.inverted() ? Optional.of("Inpaint not masked") : Optional.empty()),
          mask("Mask blur", part -> InfotextKey.unless(0, part.maskBlur())),
          mask(
              "Inpaint area",
              part -> part.onlyMasked() ? Optional.of("Only masked") : Optional.empty()),
          mask(
              "Masked area padding",
              part ->
                  part.onlyMasked()
                      ? Optional.of(Integer.toString(part.padding()))
                      : Optional.empty()),
          mask(
              "Masked content",
              part ->
                  part.maskedContent() == MaskedContent.ORIGINAL
                      ? Optional.empty()
                      : Optional.of(part.maskedContent().label())));

  private ImageToImageKeys() {}

  private static InfotextKey mask(String name, Function<Inpainting, Optional<String>> writer) {
    return InfotextKey.ofImage(
        name,
        settings ->
            settings.spec().imageToImage().flatMap(ImageToImage::inpainting).flatMap(writer));
  }
}
