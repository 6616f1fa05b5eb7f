package dev.sdlora.langchain4j;

import dev.langchain4j.data.image.Image;
import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.image.ImageModel;
import dev.langchain4j.model.output.Response;
import dev.sdlora.api.Checkpoint;
import dev.sdlora.api.GenerationResult;
import dev.sdlora.api.Pipeline;
import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.image.ImageToImage;
import dev.sdlora.api.image.Inpainting;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;

/**
 * Generates images with a pipeline. Prompts use A1111's syntax, with LoRAs as tags: {@code a fox
 * <lora:ink:0.8>}.
 *
 * <h2>Options</h2>
 *
 * langchain4j's methods take only a prompt, so the options are set when the model is built. {@link
 * #with} returns a model with other options, for one request or many. It costs nothing, because
 * both models share the pipeline.
 *
 * <pre>{@code
 * SdLoraImageModel model =
 *     SdLoraImageModel.builder(pipeline).options(o -> o.size(512, 512).steps(20)).build();
 * Response<Image> fox = model.with(o -> o.seed(42).negativePrompt("blurry")).generate("a fox");
 * }</pre>
 *
 * <h2>Images</h2>
 *
 * An {@link Image} contains base64 data and the MIME type, {@code image/png} unless the builder
 * sets another one. The file contains the settings in A1111's format. {@link Image#revisedPrompt()}
 * is set only if the actual prompt differs from the given one, because of a dynamic prompt or added
 * trigger words. The URL is not set.
 *
 * <h2>Metadata</h2>
 *
 * {@link Response#metadata()} has these keys: {@code seeds} (a list of {@code Long}) and {@code
 * parameters} (a list of A1111's texts), both in the order of the images; {@code warnings} and
 * {@code loras}, lists of messages; {@code seconds} (a {@code Double}), the generation time. Token
 * usage is not reported.
 *
 * <h2>Errors</h2>
 *
 * Exceptions have the library's message and its exception as the cause. Errors that the caller can
 * fix, such as an unknown LoRA, a damaged image or an invalid size, are an {@link
 * dev.langchain4j.exception.InvalidRequestException}; a full queue is a {@link
 * dev.langchain4j.exception.RateLimitException}, which can be retried; a failure of the engine is
 * an {@link dev.langchain4j.exception.InternalServerException}. Exceptions for cancellation, a
 * closed pipeline and null arguments are not converted.
 *
 * <p>Immutable and thread-safe, like its pipeline, which it never closes.
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
   * @param pipeline the pipeline; the caller closes it after the last request
   */
  public static Builder builder(Pipeline pipeline) {
    return new Builder(Objects.requireNonNull(pipeline, "pipeline"));
  }

  /** {@return a builder with the settings of this model} */
  public Builder toBuilder() {
    Builder builder = new Builder(pipeline);
    builder.options = options;
    builder.editing = editing;
    builder.inpainting = inpainting;
    builder.format = format;
    return builder;
  }

  /**
   * Returns a model with some options changed, for one request or many.
   *
   * @param change sets the options to change
   * @return the new model; this one is unchanged
   * @throws IllegalArgumentException if a value is out of range
   */
  public SdLoraImageModel with(Consumer<PromptSpec.Builder> change) {
    return toBuilder().options(change).build();
  }

  @Override
  public Response<Image> generate(String prompt) {
    return Responses.one(draw(prompt, spec -> spec.images(1)), prompt, format);
  }

  /**
   * Generates several images with consecutive seeds.
   *
   * @param prompt the prompt
   * @param n the number of images, at least 1
   * @return the images, in the order of their seeds
   */
  @Override
  public Response<List<Image>> generate(String prompt, int n) {
    return Responses.all(draw(prompt, spec -> spec.images(n)), prompt, format);
  }

  /**
   * Generates an image from another one. Models that read reference images, such as FLUX.2 klein,
   * read it in addition to the prompt; others start from it, with the settings of {@link
   * Builder#editing}.
   *
   * @param image the start image, as base64 data or a {@code data:} URL; nothing is fetched. The
   *     result has its size, rounded down to multiples of 8, unless the options set a size
   * @param prompt the prompt for the result
   * @return the new image
   */
  @Override
  public Response<Image> edit(Image image, String prompt) {
    Objects.requireNonNull(image, "image");
    return readsReferences()
        ? edit(List.of(image), prompt)
        : redraw(prompt, () -> editOf(GivenImages.pixels("image", image)));
  }

  /**
   * Generates an image from several ones, which a model such as FLUX.2 klein reads in addition to
   * the prompt.
   *
   * @param images one to four images, which the prompt can name as "image 1" and so on, as base64
   *     data or {@code data:} URLs; nothing is fetched. The result has the size of the first one,
   *     reduced to about a megapixel and rounded down to multiples of 16, unless the options set a
   *     size
   * @param prompt the prompt for the result
   * @return the new image
   */
  public Response<Image> edit(List<Image> images, String prompt) {
    Objects.requireNonNull(images, "images");
    GenerationResult result =
        draw(
            prompt,
            spec -> {
              spec.images(1);
              images.forEach(
                  image -> spec.referenceImage(GivenImages.pixels("reference image", image)));
            });
    return Responses.one(result, prompt, format);
  }

  /** Whether the model reads images in addition to the prompt. */
  boolean readsReferences() {
    Checkpoint checkpoint = pipeline.checkpoint();
    return checkpoint.family().readsReferences(checkpoint.name());
  }

  /**
   * Repaints a part of an image.
   *
   * @param image the image, see {@link #edit(Image, String)}
   * @param mask a mask of the same size, in either convention of langchain4j models: transparent
   *     where to paint, as for OpenAI, or, if nothing is transparent, white where to paint, as for
   *     Imagen and A1111
   * @param prompt the prompt for the result
   * @return the new image; it keeps the rest of the given one
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
   * Returns a chat model that answers the last user message with an image. AI services accept only
   * chat models, but their methods may return an {@link Image}. The message is the prompt; one
   * image in it is edited, a second image is the mask; models that read reference images, such as
   * FLUX.2 klein, read up to four images. System messages and earlier messages are ignored; tools
   * and JSON responses are rejected.
   *
   * @return a chat model that uses this model
   */
  public ChatModel asChatModel() {
    return new DrawingChatModel(this);
  }

  private ImageToImage.Builder editOf(dev.sdlora.api.image.Image image) {
    ImageToImage.Builder edit = ImageToImage.builder(image);
    editing.accept(edit);
    return edit;
  }

  /** Creates the start image settings; called where errors are converted like those of requests. */
  private interface Edit {
    ImageToImage.Builder make();
  }

  private Response<Image> redraw(String prompt, Edit edit) {
    GenerationResult result =
        draw(prompt, spec -> spec.images(1).imageToImage(edit.make().build()));
    return Responses.one(result, prompt, format);
  }

  private GenerationResult draw(String prompt, Consumer<PromptSpec.Builder> more) {
    Objects.requireNonNull(prompt, "prompt");
    return ErrorConverter.translated(
        () -> {
          PromptSpec.Builder spec = options.toBuilder().prompt(prompt);
          more.accept(spec);
          return pipeline.generate(spec.build());
        });
  }

  /** Builds a model. Not thread-safe. */
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
     * Sets options for all requests, in addition to those set before. Each request sets the prompt
     * and the number of images.
     *
     * @param change sets any options of a request, including the negative prompt and LoRAs as
     *     objects
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
     * Sets the image-to-image options.
     *
     * @param settings sets options that differ from the defaults, such as the denoising strength
     *     (0.75); called for each edit. Default: no changes
     * @return this builder
     */
    public Builder editing(Consumer<ImageToImage.Builder> settings) {
      this.editing = Objects.requireNonNull(settings, "settings");
      return this;
    }

    /**
     * Sets the inpainting options.
     *
     * @param settings sets options that differ from the defaults, such as the blur of the mask's
     *     edge; called for each edit with a mask. Default: no changes
     * @return this builder
     */
    public Builder inpainting(Consumer<Inpainting.Builder> settings) {
      this.inpainting = Objects.requireNonNull(settings, "settings");
      return this;
    }

    /**
     * Sets the file format of the images.
     *
     * @param name {@code png}, the default, or {@code jpeg}
     * @return this builder
     * @throws IllegalArgumentException if the format is unknown
     */
    public Builder format(String name) {
      this.format = ImageFormat.of(Objects.requireNonNull(name, "name"));
      return this;
    }

    /** {@return the model} The builder can be reused. */
    public SdLoraImageModel build() {
      return new SdLoraImageModel(this);
    }
  }
}
