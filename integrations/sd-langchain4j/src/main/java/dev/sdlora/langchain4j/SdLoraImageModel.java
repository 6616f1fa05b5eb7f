package dev.sdlora.langchain4j;

import dev.langchain4j.data.image.Image;
import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.image.ImageModel;
import dev.langchain4j.model.output.Response;
import dev.sdlora.api.GenerationResult;
import dev.sdlora.api.Pipeline;
import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.image.ImageToImage;
import dev.sdlora.api.image.Inpainting;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;

/**
 * Draws with a pipeline. Prompts are A1111's, with LoRAs by their tags: {@code a fox
 * <lora:ink:0.8>}.
 *
 * <h2>Options</h2>
 *
 * langchain4j's methods take a prompt and nothing else, so options are those that the model was
 * built with; {@link #with} gives a model for one request, or for many, with others. It costs
 * nothing: both use the same pipeline.
 *
 * <pre>{@code
 * SdLoraImageModel model =
 *     SdLoraImageModel.builder(pipeline).options(o -> o.size(512, 512).steps(20)).build();
 * Response<Image> fox = model.with(o -> o.seed(42).negativePrompt("blurry")).generate("a fox");
 * }</pre>
 *
 * <h2>Images</h2>
 *
 * An {@link Image} has its bytes in base64 and its type, {@code image/png} unless the builder says
 * otherwise, with the settings inside, as A1111 writes them. It has a {@link Image#revisedPrompt()}
 * only if what was drawn is not what was asked for: a dynamic prompt was drawn from, or trigger
 * words were put in. It has no address.
 *
 * <h2>Metadata</h2>
 *
 * {@link Response#metadata()} has, by these keys: {@code seeds} (a list of {@code Long}) and {@code
 * parameters} (a list of A1111's texts), both in the order of the images; {@code warnings} and
 * {@code loras}, lists of sentences; {@code seconds} (a {@code Double}), the time of the work.
 * Tokens are not counted.
 *
 * <h2>Errors</h2>
 *
 * The sentences are the library's, and its exception is the cause. What the caller can mend, such
 * as an unknown LoRA, a damaged image, or a size that does not fit, is an {@link
 * dev.langchain4j.exception.InvalidRequestException}; a full queue a {@link
 * dev.langchain4j.exception.RateLimitException}, which may be tried again; a failure of the engine
 * an {@link dev.langchain4j.exception.InternalServerException}. Cancellation, a closed pipeline and
 * null arguments are thrown as they are.
 *
 * <p>Immutable, and as safe for many threads as its pipeline, which it never closes.
 */
public final class SdLoraImageModel implements ImageModel {
  private final Pipeline pipeline;
  private final PromptSpec options;
  private final Consumer<ImageToImage.Builder> editing;
  private final Consumer<Inpainting.Builder> inpainting;
  private final ImageFormat format;

  private SdLoraImageModel(Builder builder) {
    this.pipeline = builder.pipeline;
    this.options = builder.options;
    this.editing = builder.editing;
    this.inpainting = builder.inpainting;
    this.format = builder.format;
  }

  /**
   * {@return a builder with the options that the checkpoint recommends}
   *
   * @param pipeline draws; stays the caller's, who closes it after the last request
   */
  public static Builder builder(Pipeline pipeline) {
    return new Builder(Objects.requireNonNull(pipeline, "pipeline"));
  }

  /** {@return a builder that starts from what this model has} */
  public Builder toBuilder() {
    Builder builder = new Builder(pipeline);
    builder.options = options;
    builder.editing = editing;
    builder.inpainting = inpainting;
    builder.format = format;
    return builder;
  }

  /**
   * Makes a model that differs in some options, for one request or many.
   *
   * @param change sets what is to be different
   * @return the other model; this one stays as it is
   * @throws IllegalArgumentException if a value is out of range
   */
  public SdLoraImageModel with(Consumer<PromptSpec.Builder> change) {
    return toBuilder().options(change).build();
  }

  @Override
  public Response<Image> generate(String prompt) {
    return Answers.one(draw(prompt, spec -> spec.images(1)), prompt, format);
  }

  /**
   * Draws several images; each has the seed of the one before it plus one, so that all differ.
   *
   * @param prompt what they show
   * @param n how many, at least 1
   * @return the images, in the order of their seeds
   */
  @Override
  public Response<List<Image>> generate(String prompt, int n) {
    return Answers.all(draw(prompt, spec -> spec.images(n)), prompt, format);
  }

  /**
   * Draws an image anew, with the options that the builder's {@link Builder#editing} says.
   *
   * @param image where to start from, as base64 or a {@code data:} address; nothing is fetched. The
   *     result is as large, down to multiples of 8, unless the options have a size
   * @param prompt what the result shows
   * @return the other image
   */
  @Override
  public Response<Image> edit(Image image, String prompt) {
    Objects.requireNonNull(image, "image");
    return redraw(prompt, () -> editOf(GivenImages.pixels("image", image)));
  }

  /**
   * Paints a part of an image anew.
   *
   * @param image the image, see {@link #edit(Image, String)}
   * @param mask as large as the image, and of either kind that models of langchain4j take: it is
   *     transparent where to paint, as OpenAI has it, or, if nothing of it is transparent, white
   *     where to paint, as Imagen and A1111 have it
   * @param prompt what the result shows
   * @return the other image, whose other parts are those of the given one
   */
  @Override
  public Response<Image> edit(Image image, Image mask, String prompt) {
    Objects.requireNonNull(image, "image");
    Objects.requireNonNull(mask, "mask");
    return redraw(
        prompt,
        () -> {
          Inpainting.Builder painting = Inpainting.builder(GivenImages.mask(mask));
          inpainting.accept(painting);
          return editOf(GivenImages.pixels("image", image)).inpainting(painting.build());
        });
  }

  /**
   * Makes a chat model whose answer to the last message of the user is an image, for AI services:
   * those talk to chat models alone, and their methods may return an {@link Image}. The message is
   * the prompt. With one image in it that is edited, with two the second is the mask. Messages of
   * the system and of before are passed over; tools and JSON are refused.
   *
   * @return a chat model over this model
   */
  public ChatModel asChatModel() {
    return new DrawingChatModel(this);
  }

  private ImageToImage.Builder editOf(dev.sdlora.api.image.Image image) {
    ImageToImage.Builder edit = ImageToImage.builder(image);
    editing.accept(edit);
    return edit;
  }

  /** How to start from an image; made where its mistakes are told as those of requests. */
  private interface Edit {
    ImageToImage.Builder make();
  }

  private Response<Image> redraw(String prompt, Edit edit) {
    GenerationResult result =
        draw(prompt, spec -> spec.images(1).imageToImage(edit.make().build()));
    return Answers.one(result, prompt, format);
  }

  private GenerationResult draw(String prompt, Consumer<PromptSpec.Builder> more) {
    Objects.requireNonNull(prompt, "prompt");
    return Failures.translated(
        () -> {
          PromptSpec.Builder spec = options.toBuilder().prompt(prompt);
          more.accept(spec);
          return pipeline.generate(spec.build());
        });
  }

  /** Collects what a model has. Not safe for use by several threads at once. */
  public static final class Builder {
    private final Pipeline pipeline;
    private PromptSpec options;
    private Consumer<ImageToImage.Builder> editing = edit -> {};
    private Consumer<Inpainting.Builder> inpainting = mask -> {};
    private ImageFormat format = ImageFormat.PNG;

    private Builder(Pipeline pipeline) {
      this.pipeline = pipeline;
      this.options = pipeline.checkpoint().defaults();
    }

    /**
     * Sets options of all requests; what was set before and is not named stays. Prompt and number
     * of images are those of the requests.
     *
     * @param change sets what is to differ: any option of a request, the negative prompt and LoRAs
     *     by object among them
     * @return this builder
     * @throws IllegalArgumentException if a value is out of range
     */
    public Builder options(Consumer<PromptSpec.Builder> change) {
      Objects.requireNonNull(change, "change");
      PromptSpec.Builder spec = options.toBuilder();
      change.accept(spec);
      options = spec.build();
      return this;
    }

    /**
     * Sets how images are edited.
     *
     * @param settings sets what is to differ, such as the denoising strength (0.75); is called for
     *     each edit. Default: nothing
     * @return this builder
     */
    public Builder editing(Consumer<ImageToImage.Builder> settings) {
      this.editing = Objects.requireNonNull(settings, "settings");
      return this;
    }

    /**
     * Sets how parts of images are painted.
     *
     * @param settings sets what is to differ, such as the blur of the mask's edge; is called for
     *     each edit with a mask. Default: nothing
     * @return this builder
     */
    public Builder inpainting(Consumer<Inpainting.Builder> settings) {
      this.inpainting = Objects.requireNonNull(settings, "settings");
      return this;
    }

    /**
     * Sets the format of the images.
     *
     * @param name {@code png}, the default, or {@code jpeg}
     * @return this builder
     * @throws IllegalArgumentException if it is another
     */
    public Builder format(String name) {
      this.format = ImageFormat.of(Objects.requireNonNull(name, "name"));
      return this;
    }

    /** {@return the model} The builder can be used further. */
    public SdLoraImageModel build() {
      return new SdLoraImageModel(this);
    }
  }
}
