package dev.sdlora.pipeline;

import dev.sdlora.api.HiresFix;
import dev.sdlora.api.ImageSize;
import dev.sdlora.api.ImageToImage;
import dev.sdlora.api.Inpainting;
import dev.sdlora.api.Outpainting;
import dev.sdlora.api.Picture;
import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.ResizeMode;
import dev.sdlora.api.ResourceException;
import dev.sdlora.api.ResourceException.Resource;
import dev.sdlora.api.Upscaler;
import dev.sdlora.api.Upscaling;
import dev.sdlora.pipeline.canvas.Canvas;
import dev.sdlora.pipeline.denoise.BatchedPredictor;
import dev.sdlora.pipeline.memory.MemoryNeed;
import dev.sdlora.pipeline.memory.NetworkMemory;
import dev.sdlora.pipeline.network.UNetConfig;
import dev.sdlora.pipeline.network.UpscalerConfig;
import dev.sdlora.pipeline.network.VaeConfig;
import dev.sdlora.pipeline.upscale.Enlarging;
import dev.sdlora.pipeline.upscale.TiledUpscaler;
import dev.sdlora.prompt.grammar.Subprompt;
import dev.sdlora.tensors.torch.ScalarType;
import java.util.Locale;
import java.util.Optional;

/**
 * The memory that a request will need, from its sizes, its batch and the networks; found out
 * without taking any. LoRAs are not counted: patches take the place of weights, and beside pictures
 * overlays are small.
 */
final class RequestMemory {
  private static final int FLOAT = Float.BYTES;

  /**
   * Of the heap, for each pixel: the latents of samplers, and a picture as numbers and as bytes.
   */
  private static final double LATENTS = 10;

  /** What the engine keeps beside tensors. */
  private static final double ENGINE = 16e6;

  /**
   * What the allocator keeps of tensors that are no more: a quarter of what there was at once, but
   * no more than two of the largest blocks that glibc does not hand back, of 32 MB.
   */
  private static final double KEPT_SHARE = 0.25;

  private static final double MOST_KEPT = 64e6;

  private static final double PLANES = 3.0 * Float.BYTES;
  private static final double BYTES = 3;
  private static final double MASK = 36;

  private final Model model;
  private final PromptSpec spec;
  private final Optional<ImageToImage> source;
  private final ImageSize size;
  private final Optional<ImageSize> enlarged;
  private final Optional<ImageSize> second;

  /**
   * What a request is about to do.
   *
   * @param source with outpainting made inpainting
   * @param size of the first pass
   * @throws ResourceException if a picture would have more pixels than the pipeline allows
   */
  RequestMemory(Model model, PromptSpec spec, Optional<ImageToImage> source, ImageSize size) {
    this.model = model;
    this.spec = spec;
    this.source = source;
    this.size = size;
    requireFew("the picture", size.width(), size.height());
    this.enlarged = spec.hiresFix().map(fix -> HiresPass.enlarged(size, fix));
    enlarged.ifPresent(to -> requireFew("the picture after hires fix", to.width(), to.height()));
    this.second = enlarged.map(to -> spec.hiresFix().flatMap(HiresFix::size).orElse(to));
    second.ifPresent(to -> requireFew("the picture after hires fix", to.width(), to.height()));
    spec.upscaling()
        .ifPresent(
            up ->
                requireFew(
                    "the picture after upscaling",
                    Math.floor(finishedWidth() * up.scale()),
                    Math.floor(finishedHeight() * up.scale())));
  }

  /**
   * Checks what outpainting makes of a picture.
   *
   * @throws ResourceException if it has more pixels than the pipeline allows
   */
  static void requireFew(Model model, Picture picture, Outpainting more) {
    requireFew(
        model,
        "the outpainted picture",
        (double) more.left() + picture.width() + more.right(),
        (double) more.up() + picture.height() + more.down());
  }

  private void requireFew(String what, double width, double height) {
    requireFew(model, what, width, height);
  }

  private static void requireFew(Model model, String what, double width, double height) {
    long most = Math.min(Picture.MAX_PIXELS, model.limits().maxPixels());
    if (width * height > most) {
      throw new ResourceException(
          Resource.PIXELS,
          String.format(
              Locale.ROOT,
              "%s would have %.0f x %.0f = %.0f pixels, but %s is %d",
              what,
              width,
              height,
              width * height,
              most == Picture.MAX_PIXELS
                  ? "the most that is possible"
                  : "the most for this pipeline",
              most),
          (long) (width * height),
          most);
    }
  }

  private static double pixels(ImageSize of) {
    return (double) of.width() * of.height();
  }

  /** The picture that only a part of is painted comes back as a whole. */
  private Optional<Picture> whole() {
    return source
        .filter(given -> given.inpainting().map(Inpainting::onlyMasked).orElse(false))
        .map(ImageToImage::picture);
  }

  private double finishedWidth() {
    return whole().map(Picture::width).orElseGet(() -> second.orElse(size).width());
  }

  private double finishedHeight() {
    return whole().map(Picture::height).orElseGet(() -> second.orElse(size).height());
  }

  /**
   * The most that is needed at any time.
   *
   * @param keepsImages whether all pictures of the batch are kept until the end
   * @throws dev.sdlora.api.CheckpointException if a network that the request names cannot be used
   */
  MemoryNeed need(boolean keepsImages) {
    MemoryNeed most =
        pass(size)
            .or(finishing(second.orElse(size)))
            .or(new MemoryNeed(model.textEncoderMemory().bytes(), 0))
            .or(new MemoryNeed(model.refiner().map(Refiner::encoderBytes).orElse(0L), 0));
    if (source.isPresent()) {
      most = most.or(canvas(source.get()));
    }
    if (isInpainting()) {
      most = most.or(encoding(size));
    }
    if (enlarged.isPresent()) {
      most = most.or(hires(enlarged.get(), second.orElse(size)));
    }
    double scale = spec.upscaling().map(Upscaling::scale).orElse(1.0);
    double finished = finishedWidth() * finishedHeight() * scale * scale;
    if (spec.upscaling().isPresent()) {
      Upscaler upscaler = spec.upscaling().get().upscaler();
      most = most.or(enlarging(upscaler, finishedWidth(), finishedHeight(), scale));
    }
    double kept = BYTES * finished * (keepsImages ? spec.images() : 1);
    double given =
        source.map(from -> (double) from.picture().width() * from.picture().height()).orElse(0.0);
    double allocator = Math.min(KEPT_SHARE * most.nativeBytes(), MOST_KEPT);
    return most.and(
        new MemoryNeed(
            ENGINE + allocator + model.controlNets().bytes(spec.controlUnits()),
            kept + 4 * BYTES * given));
  }

  /** The first pass alone. */
  MemoryNeed sampling() {
    return pass(size);
  }

  private boolean isInpainting() {
    return model.networks().unet().config().isInpainting();
  }

  /** Sampling at one size. */
  private MemoryNeed pass(ImageSize at) {
    UNetConfig unet = model.networks().unet().config();
    double height = at.height() / 8.0;
    double width = at.width() / 8.0;
    int number = model.networks().type().bytes();
    long units = spec.controlUnits().stream().filter(unit -> unit.weight() != 0).count();
    double refining =
        spec.refinerSwitch()
            .flatMap(change -> model.refiner())
            .map(refiner -> NetworkMemory.unet(refiner.unet().config(), height, width))
            .orElse(0.0);
    double row =
        number * Math.max(NetworkMemory.unet(unet, height, width), refining)
            + FLOAT * units * NetworkMemory.residuals(unet, height, width);
    return new MemoryNeed(rows(at) * row, LATENTS * pixels(at));
  }

  /** How many rows the U-Net works on at once. */
  private int rows(ImageSize at) {
    int conditions = Subprompt.split(spec.prompt()).size() + (spec.cfgScale() == 1 ? 0 : 1);
    return Math.min(conditions, BatchedPredictor.rows(at));
  }

  private MemoryNeed finishing(ImageSize at) {
    return switch (spec.finalDecoder()) {
      case VAE -> decoding(at);
      case TAESD -> decoded(FLOAT * NetworkMemory.decode(model.taesd().config(), pixels(at)), at);
    };
  }

  private MemoryNeed decoding(ImageSize at) {
    VaeConfig vae = model.networks().vae().config();
    boolean half = model.networks().vae().weights().type() != ScalarType.FLOAT32;
    double numbers = NetworkMemory.decode(vae, pixels(at), model.strips(spec, at), half);
    return decoded(vaeBytes(numbers), at);
  }

  private static MemoryNeed decoded(double bytes, ImageSize at) {
    return new MemoryNeed(bytes, (LATENTS + PLANES + 3 * BYTES) * pixels(at));
  }

  private MemoryNeed encoding(ImageSize at) {
    VaeConfig vae = model.networks().vae().config();
    double numbers = NetworkMemory.encode(vae, pixels(at), model.strips(spec, size));
    return new MemoryNeed(vaeBytes(numbers), (PLANES + 2 * BYTES) * pixels(at));
  }

  /** The autoencoder at work, with its weights if they are not in memory. */
  private double vaeBytes(double numbers) {
    return model.networks().vae().weights().type().bytes() * numbers + model.vaeMemory().bytes();
  }

  /** The picture to start from is brought to the request's size, or encoded in its own. */
  private MemoryNeed canvas(ImageToImage given) {
    // One whose latent is resized is encoded in its own size.
    ImageSize own =
        given.resizeMode() == ResizeMode.LATENT_UPSCALE ? Canvas.defaultSize(given, size) : size;
    double mask = given.inpainting().isEmpty() ? 0 : MASK;
    double pixels = (double) given.picture().width() * given.picture().height();
    return encoding(own).and(new MemoryNeed(0, mask * Math.max(pixels, pixels(size))));
  }

  private MemoryNeed hires(ImageSize larger, ImageSize cut) {
    MemoryNeed need = pass(cut);
    Upscaler upscaler = spec.hiresFix().map(HiresFix::upscaler).orElse(Upscaler.NONE);
    if (upscaler.isLatent()) {
      return need;
    }
    double scale = (double) larger.width() / size.width();
    return need.or(decoding(size))
        .or(enlarging(upscaler, size.width(), size.height(), scale))
        .or(encoding(larger));
  }

  /** A picture through an upscaler: its network's results, then a filter to the size wanted. */
  private MemoryNeed enlarging(Upscaler upscaler, double width, double height, double scale) {
    double target = width * height * scale * scale;
    Optional<UpscalerConfig> network = model.upscalers().config(upscaler);
    if (network.isEmpty()) {
      return new MemoryNeed(0, 3 * BYTES * target);
    }
    double large = Enlarging.reached(network.get().factor(), scale);
    double result = width * height * large * large;
    double last = result / Math.pow(network.get().factor(), 2);
    requireFew("the picture in its upscaler", width * large, height * large);
    return new MemoryNeed(
        FLOAT * NetworkMemory.enlarge(network.get(), Math.min(TiledUpscaler.MOST_SEEN, last)),
        BYTES * 2 * (result + target));
  }
}
