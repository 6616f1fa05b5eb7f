package dev.sdlora.api.setting;

import static dev.sdlora.api.setting.Door.COMMAND_LINE;
import static dev.sdlora.api.setting.Door.INFOTEXT;
import static dev.sdlora.api.setting.Door.JSON;
import static dev.sdlora.api.setting.Door.PROPERTY;
import static dev.sdlora.api.setting.Values.FLAG;
import static dev.sdlora.api.setting.Values.FRACTION;
import static dev.sdlora.api.setting.Values.NOT_NEGATIVE;
import static dev.sdlora.api.setting.Values.PIXELS;
import static dev.sdlora.api.setting.Values.SAMPLER;
import static dev.sdlora.api.setting.Values.SCHEDULE;
import static dev.sdlora.api.setting.Values.SIZE;
import static dev.sdlora.api.setting.Values.TEXT;
import static dev.sdlora.api.setting.Values.boxed;

import dev.sdlora.api.image.HiresFix;
import dev.sdlora.api.image.Image;
import dev.sdlora.api.image.ImageToImage;
import dev.sdlora.api.image.Inpainting;
import dev.sdlora.api.image.MaskedContent;
import dev.sdlora.api.image.Outpainting;
import dev.sdlora.api.image.RegionMask;
import dev.sdlora.api.image.ResizeMode;
import dev.sdlora.api.image.SizeConditioning;
import dev.sdlora.api.image.Upscaler;
import dev.sdlora.api.image.Variation;
import dev.sdlora.api.setting.Group.Copy;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** The settings of {@link ImageToImage}, {@link HiresFix} and the other values about images. */
final class ImageSettings {
  static final Kind<ResizeMode> RESIZE_MODE =
      Kind.choice(List.of(ResizeMode.values()), ResizeMode::label, ResizeMode::parse);
  private static final Kind<MaskedContent> MASKED_CONTENT =
      Kind.choice(List.of(MaskedContent.values()), MaskedContent::label, MaskedContent::parse);
  private static final Kind<Integer> MASK_BLUR = Kind.whole(0, 64);
  private static final Kind<Integer> PIXEL_COUNT = Kind.whole(0, Integer.MAX_VALUE);
  private static final Kind<Double> SCORE = Kind.number(0, 10);

  static final Group<Upscaler, Copy<Upscaler>> UPSCALER =
      Group.ofCopies(
              Upscaler.class,
              required -> new Upscaler(required.get(String.class, "name"), Optional.empty()))
          .allIn(COMMAND_LINE, "--upscaler")
          .required("name", TEXT, "Name of the upscaler.", Upscaler::name)
          .optional(
              "file",
              Kind.file(),
              "File of the upscaling network.",
              Upscaler::file,
              (copy, file) -> copy.change(one -> new Upscaler(one.name(), Optional.<Path>of(file))))
          .without(INFOTEXT, "the text has the name")
          .without(JSON, "the server finds the file of a name")
          .group();

  static final Group<RegionMask, Copy<RegionMask>> REGION =
      Group.ofCopies(
              RegionMask.class, required -> RegionMask.of(required.get(Image.class, "image")))
          .required("image", Kind.image(), "Image that is white inside.", RegionMask::image)
          .named(COMMAND_LINE, "--region")
          .with(
              "blur",
              Kind.whole(0, 256),
              "Blur of the mask's edge, in pixels.",
              RegionMask::blur,
              (copy, blur) -> copy.change(mask -> mask.withBlur(blur)))
          .named(COMMAND_LINE, "--region-blur")
          .allWithout(INFOTEXT, "the text has no images")
          .group();

  static final Group<Inpainting, Inpainting.Builder> INPAINTING =
      Group.of(
              Inpainting.class,
              required -> Inpainting.builder(required.get(Image.class, "mask")),
              Inpainting::toBuilder,
              Inpainting.Builder::build)
          .required("mask", Kind.image(), "Mask, white where to repaint.", Inpainting::mask)
          .without(PROPERTY, "media of a message")
          .with(
              "maskBlur",
              MASK_BLUR,
              "Blur of the mask's edge, in pixels.",
              Inpainting::maskBlur,
              Inpainting.Builder::maskBlur)
          .with(
              "maskedContent",
              MASKED_CONTENT,
              "Initial content of the masked area.",
              Inpainting::maskedContent,
              Inpainting.Builder::maskedContent)
          .named(JSON, "inpainting_fill")
          .with(
              "inverted",
              FLAG,
              "Repaint the black area of the mask instead.",
              Inpainting::inverted,
              Inpainting.Builder::inverted)
          .named(INFOTEXT, "Mask mode")
          .named(COMMAND_LINE, "--invert-mask")
          .named(JSON, "inpainting_mask_invert")
          .named(PROPERTY, "invert-mask")
          .with(
              "onlyMasked",
              FLAG,
              "Generate only the masked area and its surroundings, then paste them back.",
              Inpainting::onlyMasked,
              Inpainting.Builder::onlyMasked)
          .named(INFOTEXT, "Inpaint area")
          .named(JSON, "inpaint_full_res")
          .with(
              "padding",
              Kind.whole(0, 256),
              "Pixels around the mask if only the masked area is generated.",
              Inpainting::padding,
              Inpainting.Builder::padding)
          .named(INFOTEXT, "Masked area padding")
          .needs("onlyMasked")
          .named(JSON, "inpaint_full_res_padding")
          .named(PROPERTY, "mask-padding")
          .with(
              "conditionalMaskWeight",
              FRACTION,
              "How strongly the masked content is hidden from inpainting models.",
              Inpainting::conditionalMaskWeight,
              Inpainting.Builder::conditionalMaskWeight)
          .named(JSON, "inpainting_mask_weight")
          .allWithout(INFOTEXT, "the text has no images")
          .group();

  static final Group<Outpainting, Copy<Outpainting>> OUTPAINTING =
      Group.ofCopies(
              Outpainting.class,
              required ->
                  Outpainting.of(
                      required.get(Integer.class, "left"),
                      required.get(Integer.class, "right"),
                      required.get(Integer.class, "up"),
                      required.get(Integer.class, "down")))
          .required("left", PIXEL_COUNT, "Pixels to add at the left.", Outpainting::left)
          .named(COMMAND_LINE, "--outpaint")
          .required("right", PIXEL_COUNT, "Pixels to add at the right.", Outpainting::right)
          .named(COMMAND_LINE, "--outpaint")
          .required("up", PIXEL_COUNT, "Pixels to add at the top.", Outpainting::up)
          .named(COMMAND_LINE, "--outpaint")
          .required("down", PIXEL_COUNT, "Pixels to add at the bottom.", Outpainting::down)
          .named(COMMAND_LINE, "--outpaint")
          .with(
              "maskBlur",
              MASK_BLUR,
              "Pixels over which old and new areas blend.",
              Outpainting::maskBlur,
              (copy, blur) -> copy.change(one -> with(one, blur, one.maskedContent())))
          .with(
              "maskedContent",
              MASKED_CONTENT,
              "Initial content of the new areas.",
              Outpainting::maskedContent,
              (copy, content) -> copy.change(one -> with(one, one.maskBlur(), content)))
          .allWithout(INFOTEXT, "the text has no images")
          .group();

  static final Group<ImageToImage, ImageToImage.Builder> IMAGE_TO_IMAGE =
      Group.of(
              ImageToImage.class,
              required -> ImageToImage.builder(required.get(Image.class, "image")),
              ImageToImage::toBuilder,
              ImageToImage.Builder::build)
          .required("image", Kind.image(), "Image to start from.", ImageToImage::image)
          .without(PROPERTY, "media of a message")
          .named(COMMAND_LINE, "--init")
          .named(JSON, "init_images")
          .with(
              "denoisingStrength",
              FRACTION,
              "Denoising strength; at 0 the image still passes through the VAE, which changes"
                  + " details a little.",
              ImageToImage::denoisingStrength,
              ImageToImage.Builder::denoisingStrength)
          .named(COMMAND_LINE, "--strength")
          .with(
              "resizeMode",
              RESIZE_MODE,
              "Resizing of the image to the size of the request.",
              ImageToImage::resizeMode,
              ImageToImage.Builder::resizeMode)
          .with(
              "fixSteps",
              FLAG,
              "Run all steps instead of the fraction given by the denoising strength.",
              ImageToImage::fixSteps,
              ImageToImage.Builder::fixSteps)
          .named(JSON, "img2img_fix_steps")
          .with(
              "noiseMultiplier",
              Kind.number(0, 1.5),
              "Factor on the noise added to the image.",
              ImageToImage::noiseMultiplier,
              ImageToImage.Builder::noiseMultiplier)
          .named(JSON, "initial_noise_multiplier")
          .with(
              "colorCorrection",
              FLAG,
              "Match the colours of the result to the image.",
              ImageToImage::colorCorrection,
              ImageToImage.Builder::colorCorrection)
          .named(JSON, "img2img_color_correction")
          .optional(
              "inpainting",
              Kind.object(INPAINTING),
              "Part of the image to repaint.",
              ImageToImage::inpainting,
              ImageToImage.Builder::inpainting)
          .named(COMMAND_LINE, "--mask")
          .named(JSON, "mask")
          .named(PROPERTY, "")
          .optional(
              "outpainting",
              Kind.object(OUTPAINTING),
              "Areas to paint beyond the image's edges.",
              ImageToImage::outpainting,
              ImageToImage.Builder::outpainting)
          .without(PROPERTY, "a customizer")
          .named(COMMAND_LINE, "--outpaint")
          .allWithout(INFOTEXT, "the text has no images")
          .group();

  static final Group<HiresFix, HiresFix.Builder> HIRES =
      Group.of(
              HiresFix.class,
              required -> HiresFix.builder(),
              HiresFix::toBuilder,
              HiresFix.Builder::build)
          .prefix(COMMAND_LINE, "hires")
          .prefix(INFOTEXT, "hires")
          .with(
              "scale",
              Kind.number(1, 8),
              "Factor by which the second pass enlarges the image.",
              HiresFix::scale,
              HiresFix.Builder::scale)
          .named(INFOTEXT, "Hires upscale")
          .named(COMMAND_LINE, "--hires")
          .named(JSON, "hr_scale")
          .optional(
              "size",
              SIZE,
              "Size of the result, instead of a factor.",
              HiresFix::size,
              HiresFix.Builder::size)
          .named(INFOTEXT, "Hires resize")
          .named(COMMAND_LINE, "--hires")
          .named(JSON, "hr_resize_x")
          .with(
              "upscaler",
              Kind.object(UPSCALER),
              "Upscaler before the second pass: Latent, Latent (antialiased), Latent (bicubic),"
                  + " Latent (bicubic antialiased), Latent (nearest), Latent (nearest-exact),"
                  + " Lanczos, Nearest or the name of a network.",
              HiresFix::upscaler,
              HiresFix.Builder::upscaler)
          .named(JSON, "hr_upscaler")
          .optional(
              "steps",
              Kind.whole(0, 1000),
              "Steps of the second pass.",
              hires -> boxed(hires.steps()),
              HiresFix.Builder::steps)
          .unset("as in the first")
          .named(JSON, "hr_second_pass_steps")
          .with(
              "denoisingStrength",
              FRACTION,
              "Denoising strength of the second pass.",
              HiresFix::denoisingStrength,
              HiresFix.Builder::denoisingStrength)
          .named(INFOTEXT, "Denoising strength")
          .named(COMMAND_LINE, "--hires-strength")
          .optional(
              "prompt",
              TEXT,
              "Prompt of the second pass, including LoRAs.",
              HiresFix::prompt,
              HiresFix.Builder::prompt)
          .unset("as in the first")
          .named(JSON, "hr_prompt")
          .optional(
              "negativePrompt",
              TEXT,
              "Negative prompt of the second pass.",
              HiresFix::negativePrompt,
              HiresFix.Builder::negativePrompt)
          .named(COMMAND_LINE, "--hires-negative")
          .unset("as in the first")
          .named(JSON, "hr_negative_prompt")
          .optional(
              "sampler",
              SAMPLER,
              "Sampler of the second pass, optionally with its schedule.",
              HiresFix::sampler,
              HiresFix.Builder::sampler)
          .unset("as in the first")
          .named(JSON, "hr_sampler_name")
          .optional(
              "schedule",
              SCHEDULE,
              "Schedule of the second pass.",
              HiresFix::schedule,
              HiresFix.Builder::schedule)
          .named(INFOTEXT, "Hires schedule type")
          .unset("as in the first")
          .named(JSON, "hr_scheduler")
          .optional(
              "cfgScale",
              NOT_NEGATIVE,
              "CFG scale of the second pass.",
              hires -> boxed(hires.cfgScale()),
              HiresFix.Builder::cfgScale)
          .named(INFOTEXT, "Hires CFG Scale")
          .named(COMMAND_LINE, "--hires-cfg")
          .unset("as in the first")
          .unit("SCALE")
          .named(JSON, "hr_cfg")
          .optional(
              "distilledGuidance",
              NOT_NEGATIVE,
              "Guidance scale that FLUX.1 [dev] and its kin read in the second pass.",
              hires -> boxed(hires.distilledGuidance()),
              HiresFix.Builder::distilledGuidance)
          .named(INFOTEXT, "Hires Distilled CFG Scale")
          .named(COMMAND_LINE, "--hires-distilled-cfg")
          .unset("as in the first")
          .unit("SCALE")
          .named(JSON, "hr_distilled_cfg")
          .optional(
              "tokenMergingRatio",
              Kind.number(0, 0.9),
              "Fraction of tokens merged in the second pass.",
              hires -> boxed(hires.tokenMergingRatio()),
              HiresFix.Builder::tokenMergingRatio)
          .named(INFOTEXT, "Token merging ratio hr")
          .unset("as in the first")
          .named(JSON, "token_merging_ratio_hr")
          .group();

  static final Group<SizeConditioning, Copy<SizeConditioning>> SIZE_CONDITIONING =
      Group.ofCopies(SizeConditioning.class, required -> SizeConditioning.DEFAULTS)
          .optional(
              "originalSize",
              PIXELS,
              "SDXL conditioning: size before cropping.",
              SizeConditioning::originalSize,
              (copy, size) -> copy.change(one -> one.withOriginalSize(size.width(), size.height())))
          .unset("the image size")
          .unit("WxH")
          .optional(
              "targetSize",
              PIXELS,
              "SDXL conditioning: size after cropping.",
              SizeConditioning::targetSize,
              (copy, size) -> copy.change(one -> one.withTargetSize(size.width(), size.height())))
          .unset("the image size")
          .unit("WxH")
          .with(
              "cropTop",
              PIXEL_COUNT,
              "SDXL conditioning: pixels cropped at the top.",
              SizeConditioning::cropTop,
              (copy, top) -> copy.change(one -> one.withCrop(top, one.cropLeft())))
          .named(COMMAND_LINE, "--crop")
          .described(COMMAND_LINE, "SDXL conditioning: crop at the top and left, in pixels.")
          .unit("TOP")
          .named(JSON, "sdxl_crop_top")
          .with(
              "cropLeft",
              PIXEL_COUNT,
              "SDXL conditioning: pixels cropped at the left.",
              SizeConditioning::cropLeft,
              (copy, left) -> copy.change(one -> one.withCrop(one.cropTop(), left)))
          .named(COMMAND_LINE, "--crop")
          .unit("LEFT")
          .named(JSON, "sdxl_crop_left")
          .with(
              "aestheticScore",
              SCORE,
              "Aesthetic score that SDXL's refiner reads with the prompt.",
              SizeConditioning::aestheticScore,
              (copy, score) ->
                  copy.change(one -> one.withAestheticScores(score, one.negativeAestheticScore())))
          .named(COMMAND_LINE, "--aesthetic-scores")
          .described(COMMAND_LINE, "Refiner conditioning: aesthetic scores, 0 to 10.")
          .unit("SCORE")
          .named(JSON, "sdxl_refiner_high_aesthetic_score")
          .with(
              "negativeAestheticScore",
              SCORE,
              "Aesthetic score that SDXL's refiner reads with the negative prompt.",
              SizeConditioning::negativeAestheticScore,
              (copy, score) ->
                  copy.change(one -> one.withAestheticScores(one.aestheticScore(), score)))
          .named(COMMAND_LINE, "--aesthetic-scores")
          .unit("NEGATIVE")
          .named(JSON, "sdxl_refiner_low_aesthetic_score")
          .group();

  static final Group<Variation, Copy<Variation>> VARIATION =
      Group.ofCopies(Variation.class, required -> Variation.NONE)
          .prefix(COMMAND_LINE, "variation")
          .prefix(INFOTEXT, "variation")
          .optional(
              "seed",
              Kind.wholeLong(),
              "Seed of the variation.",
              variation -> boxed(variation.seed()),
              (copy, seed) ->
                  copy.change(
                      one ->
                          new Variation(OptionalLong.of(seed), one.strength(), one.resizeFrom())))
          .unset("random")
          .needs("strength")
          .named(JSON, "subseed")
          .with(
              "strength",
              FRACTION,
              "Strength of the variation.",
              Variation::strength,
              (copy, strength) ->
                  copy.change(one -> new Variation(one.seed(), strength, one.resizeFrom())))
          .named(INFOTEXT, "Variation seed strength")
          .named(JSON, "subseed_strength")
          .optional(
              "resizeFrom",
              SIZE,
              "Size for which the noise is drawn, so that a seed gives similar images at other"
                  + " sizes.",
              Variation::resizeFrom,
              (copy, size) -> copy.change(one -> one.withResizeFrom(size)))
          .named(INFOTEXT, "Seed resize from")
          .named(COMMAND_LINE, "--seed-resize-from")
          .unit("WxH")
          .named(JSON, "seed_resize_from_w")
          .group();

  private ImageSettings() {}

  private static Outpainting with(Outpainting one, int maskBlur, MaskedContent content) {
    return new Outpainting(one.left(), one.right(), one.up(), one.down(), maskBlur, content);
  }
}
