package dev.sdlora.pipeline.request;

import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.error.ResourceException;
import dev.sdlora.api.error.ResourceException.Resource;
import dev.sdlora.api.image.HiresFix;
import dev.sdlora.api.image.Image;
import dev.sdlora.api.image.ImageSize;
import dev.sdlora.api.image.ImageToImage;
import dev.sdlora.api.image.Inpainting;
import dev.sdlora.api.image.Outpainting;
import dev.sdlora.api.image.ResizeMode;
import dev.sdlora.api.image.Upscaler;
import dev.sdlora.api.sampling.SpeedOptions;
import dev.sdlora.families.family.ReferenceSize;
import dev.sdlora.families.memory.AllocatedBytes;
import dev.sdlora.families.memory.MemoryNeed;
import dev.sdlora.families.memory.NetworkMemory;
import dev.sdlora.families.network.TextKeys;
import dev.sdlora.families.network.UNetConfig;
import dev.sdlora.families.network.upscaler.UpscalerConfig;
import dev.sdlora.families.network.vae.VaeConfig;
import dev.sdlora.pipeline.canvas.Canvas;
import dev.sdlora.pipeline.model.HeldFormats;
import dev.sdlora.pipeline.model.Model;
import dev.sdlora.pipeline.model.Refiner;
import dev.sdlora.pipeline.upscale.Enlarging;
import dev.sdlora.pipeline.upscale.TiledUpscaler;
import dev.sdlora.prompt.tokens.TokenChunk;
import java.util.Locale;
import java.util.Optional;

/**
 * Estimates the memory of a request from its sizes, its batch and the networks, without allocating
 * any. LoRAs are not counted: patches replace weights, and overlays are small in comparison with
 * images.
 */
public final class RequestMemory {
  /** Heap bytes per pixel for the samplers' latents and an image as floats and as bytes. */
  private static final double LATENTS = 10;

  /** Memory of the engine in addition to tensors. */
  private static final double ENGINE = 16e6;

  /** Average number of characters per token in English, including spaces. */
  private static final int CHARACTERS = 4;

  private static final double PLANES = 3.0 * Float.BYTES;
  private static final double BYTES = 3;
  private static final double MASK = 36;

  private final Model model;
  private final PromptSpec spec;
  private final Optional<Start> source;
  private final ImageSize size;
  private final Optional<ImageSize> enlarged;
  private final Optional<ImageSize> second;
  private final boolean readsControl;

  /**
   * Creates the estimate of a request.
   *
   * @param source the start image, with outpainting turned into inpainting
   * @param size the size of the first pass
   * @throws ResourceException if an image would have more pixels than the pipeline allows
   */
  public RequestMemory(
      Model model, PromptSpec spec, Optional<ImageToImage> source, ImageSize size) {
    this(model, spec, source.map(Start::of), size, model.family().readsControl());
  }

  /**
   * The start image of a request.
   *
   * @param onlyMasked whether its masked area is cut out
   * @param keepsSize whether it is encoded at its own size
   */
  private record Start(
      int width, int height, boolean masked, boolean onlyMasked, boolean keepsSize) {
    static Start of(ImageToImage given) {
      return new Start(
          given.image().width(),
          given.image().height(),
          given.inpainting().isPresent(),
          given.inpainting().map(Inpainting::onlyMasked).orElse(false),
          given.resizeMode() == ResizeMode.LATENT_UPSCALE);
    }

    double pixels() {
      return (double) width * height;
    }
  }

  /**
   * Creates the estimate of painting a part of a finished image again.
   *
   * @param image the size of the whole image
   * @param size the size at which the part is painted
   * @param onlyMasked whether its surroundings are cut out
   * @throws ResourceException if it would have more pixels than the pipeline allows
   */
  static RequestMemory ofDetail(
      Model model, PromptSpec spec, ImageSize image, ImageSize size, boolean onlyMasked) {
    Start start = new Start(image.width(), image.height(), true, onlyMasked, false);
    return new RequestMemory(model, spec, Optional.of(start), size, false);
  }

  private RequestMemory(
      Model model, PromptSpec spec, Optional<Start> source, ImageSize size, boolean readsControl) {
    this.readsControl = readsControl;
    this.model = model;
    this.spec = spec;
    this.source = source;
    this.size = size;
    requireFew("the image", size.width(), size.height());
    this.enlarged =
        spec.hiresFix().map(fix -> HiresPlan.enlarged(size, fix, model.family().sizeMultiple()));
    enlarged.ifPresent(to -> requireFew("the image after hires fix", to.width(), to.height()));
    this.second = enlarged.map(to -> spec.hiresFix().flatMap(HiresFix::size).orElse(to));
    second.ifPresent(to -> requireFew("the image after hires fix", to.width(), to.height()));
    spec.upscaler()
        .ifPresent(
            up ->
                requireFew(
                    "the image after upscaling",
                    Math.floor(finishedWidth() * spec.upscale()),
                    Math.floor(finishedHeight() * spec.upscale())));
  }

  /** Returns the estimate for a request whose reference image is a control image. */
  RequestMemory withControl() {
    return new RequestMemory(model, spec, source, size, true);
  }

  /**
   * Checks the size of an outpainted image.
   *
   * @throws ResourceException if it has more pixels than the pipeline allows
   */
  static void requireFew(Model model, Image image, Outpainting more) {
    requireFew(
        model,
        "the outpainted image",
        (double) more.left() + image.width() + more.right(),
        (double) more.up() + image.height() + more.down());
  }

  private void requireFew(String what, double width, double height) {
    requireFew(model, what, width, height);
  }

  private static void requireFew(Model model, String what, double width, double height) {
    long most = Math.min(Image.MAX_PIXELS, model.settings().limits().maxPixels());
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
              most == Image.MAX_PIXELS ? "the maximum possible" : "the maximum for this pipeline",
              most),
          (long) (width * height),
          most);
    }
  }

  private static double pixels(ImageSize of) {
    return (double) of.width() * of.height();
  }

  /** Returns the whole start image if only its masked area is painted. */
  private Optional<Start> whole() {
    return source.filter(Start::onlyMasked);
  }

  private double finishedWidth() {
    return whole().map(Start::width).orElseGet(() -> second.orElse(size).width());
  }

  private double finishedHeight() {
    return whole().map(Start::height).orElseGet(() -> second.orElse(size).height());
  }

  /**
   * The memory of one stage of a request.
   *
   * @param blocks blocks outside the Java heap
   * @param heap bytes on the Java heap
   */
  private record Stage(AllocatedBytes blocks, double heap) {
    /** Returns the memory of this stage followed by another. */
    Stage or(Stage next) {
      return new Stage(blocks.or(next.blocks), Math.max(heap, next.heap));
    }

    Stage and(Stage other) {
      return new Stage(blocks.and(other.blocks), heap + other.heap);
    }

    MemoryNeed need() {
      return new MemoryNeed(blocks.bytes(), heap, blocks.pooled());
    }
  }

  /**
   * Returns the peak memory.
   *
   * @param keepsImages whether all images of the batch are kept until the end
   * @throws dev.sdlora.api.error.CheckpointException if a network named by the request cannot be
   *     used
   */
  public MemoryNeed need(boolean keepsImages) {
    long encoder = model.refiner().map(Refiner::encoderBytes).orElse(0L);
    Stage most =
        pass(size)
            .or(withDenoiser(finishing(second.orElse(size))))
            .or(new Stage(AllocatedBytes.weights(encoders()), 0))
            .or(new Stage(AllocatedBytes.weights(encoder), 0))
            .or(imagePrompts());
    if (source.isPresent()) {
      most = most.or(canvas(source.get()));
    }
    if (isInpainting()) {
      most = most.or(encoding(size));
    }
    if (readsControl) {
      most = most.or(encoding(size)).or(encoding(second.orElse(size)));
    } else {
      for (Image reference : spec.referenceImages()) {
        most = most.or(encoding(ReferenceSize.of(reference)));
      }
    }
    if (enlarged.isPresent()) {
      most = most.or(hires(enlarged.get(), second.orElse(size)));
    }
    double scale = spec.upscale();
    if (spec.upscaler().isPresent()) {
      Upscaler upscaler = spec.upscaler().get();
      most = most.or(withDenoiser(enlarging(upscaler, finishedWidth(), finishedHeight(), scale)));
    }
    return most.need().and(held(keepsImages)).and(new MemoryNeed(ENGINE, 0, ENGINE));
  }

  /**
   * Returns the memory that is in use from the beginning to the end: that of the start image, of
   * finished images, and of networks besides those of the checkpoint.
   *
   * @param keepsImages whether all images of the batch are kept until the end
   */
  MemoryNeed held(boolean keepsImages) {
    double scale = spec.upscale();
    double finished = finishedWidth() * finishedHeight() * scale * scale;
    double kept = BYTES * finished * (keepsImages ? spec.images() : 1);
    double given = source.map(Start::pixels).orElse(0.0);
    long networks =
        model.auxiliary().controlNets().bytes(spec.controlUnits())
            + model.auxiliary().imageAdapters().keyBytes(spec.imagePrompts(), rows(size))
            + (model.auxiliary().imageAdapters().keepsEncoders()
                ? model.auxiliary().imageAdapters().bytes(spec.imagePrompts())
                : 0);
    return new MemoryNeed(networks, kept + 4 * BYTES * given);
  }

  /** Returns the memory of encoding image prompts, which ends before the first step. */
  private Stage imagePrompts() {
    long bytes =
        model.auxiliary().imageAdapters().keepsEncoders()
            ? 0
            : model.auxiliary().imageAdapters().bytes(spec.imagePrompts());
    double pixels =
        spec.imagePrompts().stream()
            .flatMap(prompt -> prompt.images().stream())
            .mapToDouble(image -> (double) image.width() * image.height())
            .max()
            .orElse(0);
    return new Stage(AllocatedBytes.weights(bytes), 2 * BYTES * pixels);
  }

  /** Returns the memory of the text encoders and of the weights that their layers widen. */
  private long encoders() {
    return model.memory().textEncoders().bytes()
        + model.networks().encoders().stream()
            .mapToLong(encoder -> HeldFormats.widenedBytes(encoder.weights()))
            .sum();
  }

  /** Returns the memory of the first pass alone. */
  public MemoryNeed sampling() {
    return pass(size).need();
  }

  /**
   * Adds the weights of the denoiser and the memory in which its layers widen them, which stay from
   * the first step to the end.
   */
  private Stage withDenoiser(Stage stage) {
    long bytes =
        model.memory().denoiser().bytes()
            + HeldFormats.widenedBytes(model.networks().denoiser().weights());
    return stage.and(new Stage(AllocatedBytes.weights(bytes), 0));
  }

  private boolean isInpainting() {
    return model.family().fillsMasks()
        || model.family().unetConfig().map(UNetConfig::isInpainting).orElse(false);
  }

  /** Returns the memory of sampling at a size. */
  private Stage pass(ImageSize at) {
    Optional<AllocatedBytes> transformer =
        model
            .family()
            .callMemory(
                readsControl ? PassPlan.withoutReferences(spec) : spec,
                at,
                model.networks().denoiser().weights().isPacked(),
                model.networks().type().bytes(),
                rows(at));
    if (transformer.isPresent()) {
      return withDenoiser(new Stage(transformer.get(), LATENTS * pixels(at) * together()));
    }
    UNetConfig unet = model.family().unetConfig().orElseThrow();
    double height = at.height() / 8.0;
    double width = at.width() / 8.0;
    int number = model.networks().type().bytes();
    AllocatedBytes call = NetworkMemory.unet(unet, height, width, number, rows(at));
    Optional<UNetConfig> refiner =
        model
            .refiner()
            .filter(it -> spec.refinerSwitch().isPresent())
            .map(it -> it.unet().config());
    if (refiner.isPresent()) {
      call = call.or(NetworkMemory.unet(refiner.get(), height, width, number, rows(at)));
    }
    AllocatedBytes residuals = NetworkMemory.residuals(unet, height, width, rows(at));
    int calls = model.auxiliary().controlNets().calls(spec.controlUnits());
    for (int i = 0; i < calls; i++) {
      call = call.and(residuals);
    }
    call = call.and(kept(unet, at)).and(textKeys(unet));
    int regions = regions();
    if (regions > 0) {
      call = call.and(NetworkMemory.regions(unet, height, width, number, rows(at), regions));
    }
    if (refiner.isPresent()) {
      call = call.and(kept(refiner.get(), at)).and(textKeys(refiner.get()));
    }
    double masks = regions > 0 ? MASK * pixels(at) : 0;
    return withDenoiser(new Stage(call, LATENTS * pixels(at) * together() + masks));
  }

  /** Returns the maximum number of regions that the request names. */
  private int regions() {
    long given = spec.loras().stream().filter(lora -> lora.mask().isPresent()).count();
    return spec.masks().size() + (int) given;
  }

  /** Returns the memory of values that U-Net calls cache for later calls. */
  private AllocatedBytes kept(UNetConfig unet, ImageSize at) {
    SpeedOptions speed = spec.speedOptions();
    return speed.cacheInterval() == 1
        ? AllocatedBytes.NONE
        : NetworkMemory.kept(
            unet,
            at.height() / 8.0,
            at.width() / 8.0,
            model.networks().type().bytes(),
            together() * JointBatch.conditions(spec),
            speed.cacheBranchId(),
            model.auxiliary().controlNets().calls(spec.controlUnits()));
  }

  /**
   * Returns the memory of cached text keys. The number of tokens is estimated from the prompt's
   * length.
   */
  private AllocatedBytes textKeys(UNetConfig unet) {
    int characters = Math.max(spec.prompt().length(), spec.negativePrompt().length());
    int chunks = 1 + characters / (TokenChunk.CAPACITY * CHARACTERS);
    boolean changing = (spec.prompt() + spec.negativePrompt()).indexOf('[') >= 0;
    return NetworkMemory.textKeys(
        unet,
        model.networks().type().bytes(),
        together() * JointBatch.conditions(spec),
        chunks * TokenChunk.LENGTH,
        changing ? TextKeys.MOST : 1);
  }

  /** Returns the number of rows in a U-Net call. */
  private int rows(ImageSize at) {
    return Math.min(together() * JointBatch.conditions(spec), JointBatch.rows(spec, at));
  }

  /** Returns the number of images drawn together. */
  private int together() {
    return JointBatch.images(spec, size);
  }

  private Stage finishing(ImageSize at) {
    return switch (spec.finalDecoder()) {
      case VAE -> decoding(at);
      case TAESD ->
          decoded(NetworkMemory.decode(model.auxiliary().taesd().config(), pixels(at)), at);
    };
  }

  private Stage decoding(ImageSize at) {
    VaeConfig vae = model.networks().vae().config();
    AllocatedBytes work =
        NetworkMemory.decode(vae, pixels(at), model.memory().strips(spec, at), vaeBytes());
    return decoded(work.and(AllocatedBytes.weights(model.memory().vaeDecoder().bytes())), at);
  }

  private static Stage decoded(AllocatedBytes blocks, ImageSize at) {
    return new Stage(blocks, (LATENTS + PLANES + 3 * BYTES) * pixels(at));
  }

  private Stage encoding(ImageSize at) {
    VaeConfig vae = model.networks().vae().config();
    AllocatedBytes work =
        NetworkMemory.encode(vae, pixels(at), model.memory().strips(spec, size), vaeBytes());
    return new Stage(
        work.and(AllocatedBytes.weights(model.memory().vaeEncoder().bytes())),
        (PLANES + 2 * BYTES) * pixels(at));
  }

  private int vaeBytes() {
    return model.networks().vae().decoderWeights().type().bytes();
  }

  /** Returns the memory of preparing the start image. */
  private Stage canvas(Start given) {
    // For a latent upscale, the image is encoded at its own size.
    ImageSize own =
        given.keepsSize
            ? Canvas.floor(given.width, given.height, model.family().sizeMultiple())
            : size;
    double mask = given.masked ? MASK : 0;
    return encoding(own)
        .and(new Stage(AllocatedBytes.NONE, mask * Math.max(given.pixels(), pixels(size))));
  }

  private Stage hires(ImageSize larger, ImageSize cut) {
    Stage stage = pass(cut);
    Upscaler upscaler = spec.hiresFix().map(HiresFix::upscaler).orElse(Upscaler.NONE);
    if (upscaler.isLatent()) {
      return stage;
    }
    double scale = (double) larger.width() / size.width();
    return stage.or(
        withDenoiser(
            decoding(size)
                .or(enlarging(upscaler, size.width(), size.height(), scale))
                .or(encoding(larger))));
  }

  /**
   * Returns the memory of upscaling: the outputs of the upscaler's network, then a filter to the
   * target size.
   */
  private Stage enlarging(Upscaler upscaler, double width, double height, double scale) {
    double target = width * height * scale * scale;
    Optional<UpscalerConfig> network = model.auxiliary().upscalers().config(upscaler);
    if (network.isEmpty()) {
      return new Stage(AllocatedBytes.NONE, 3 * BYTES * target);
    }
    double large = Enlarging.reached(network.get().factor(), scale);
    double result = width * height * large * large;
    double last = result / Math.pow(network.get().factor(), 2);
    requireFew("the image in its upscaler", width * large, height * large);
    return new Stage(
        NetworkMemory.enlarge(network.get(), Math.min(TiledUpscaler.MOST_SEEN, last)),
        BYTES * 2 * (result + target));
  }
}
