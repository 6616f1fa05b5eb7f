package dev.sdlora.spring;

import dev.sdlora.api.GeneratedImage;
import dev.sdlora.api.GenerationResult;
import dev.sdlora.api.Pipeline;
import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.Style;
import io.micrometer.observation.ObservationRegistry;
import java.io.ByteArrayOutputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.ai.image.Image;
import org.springframework.ai.image.ImageGeneration;
import org.springframework.ai.image.ImageModel;
import org.springframework.ai.image.ImageOptions;
import org.springframework.ai.image.ImagePrompt;
import org.springframework.ai.image.ImageResponse;
import org.springframework.ai.image.ImageResponseMetadata;
import org.springframework.ai.image.observation.DefaultImageModelObservationConvention;
import org.springframework.ai.image.observation.ImageModelObservationContext;
import org.springframework.ai.image.observation.ImageModelObservationConvention;
import org.springframework.ai.image.observation.ImageModelObservationDocumentation;

/**
 * A Spring AI image model that generates images in this process with a {@link Pipeline}.
 *
 * <p>Prompts use A1111's syntax, including LoRA tags. Options of any class are accepted, {@link
 * SdLoraImageOptions} with all its settings; options that are not set use the defaults. An image in
 * the media of a message is the start image; another image named {@code mask} is white where to
 * paint; up to four images named {@code reference} are read in addition to the prompt by models
 * such as FLUX.2 klein. Messages with a negative weight form the negative prompt; if the weights of
 * the others differ, they are combined with {@code AND}. Each image has a {@link
 * SdLoraImageMetadata}. The response metadata contain {@code model}, {@code precision}, {@code
 * seconds} and {@code warnings}.
 *
 * <p>Thread-safe. If a thread is interrupted while it waits for its images, the call throws a
 * {@link dev.sdlora.api.error.GenerationCancelledException} within one step.
 */
public final class SdLoraImageModel implements ImageModel {
  private static final String PROVIDER = "sdlora";
  private static final ImageModelObservationConvention USUAL =
      new DefaultImageModelObservationConvention();

  private final Pipeline pipeline;
  private final SdLoraImageOptions defaults;
  private final Specs specs;
  private final Optional<String> name;
  private final ObservationRegistry observations;
  private final @Nullable ImageModelObservationConvention convention;

  private SdLoraImageModel(Builder builder) {
    pipeline = builder.pipeline;
    defaults = builder.defaults;
    specs = new Specs(builder.styles, builder.wildcardDirectories);
    name = Optional.ofNullable(builder.name);
    observations = builder.observations;
    convention = builder.convention;
  }

  /**
   * {@return a builder of a model}
   *
   * @param pipeline the pipeline; the caller closes it
   */
  public static Builder builder(Pipeline pipeline) {
    Objects.requireNonNull(pipeline, "pipeline");
    return new Builder(pipeline);
  }

  /**
   * Generates the images of a prompt and returns when they are finished.
   *
   * @param prompt the prompt with its options
   * @return the images, in the order of their seeds
   * @throws IllegalArgumentException if an option is out of range or names another model, or
   *     options conflict
   * @throws IllegalStateException if the pipeline is closed
   * @throws dev.sdlora.api.error.StableDiffusionException as thrown by {@link Pipeline#generate}
   */
  @Override
  public ImageResponse call(ImagePrompt prompt) {
    Objects.requireNonNull(prompt, "prompt");
    SdLoraImageOptions options = merged(prompt.getOptions());
    ImageModelObservationContext context =
        ImageModelObservationContext.builder()
            .imagePrompt(new ImagePrompt(prompt.getInstructions(), named(options)))
            .provider(PROVIDER)
            .build();
    ImageResponse response =
        ImageModelObservationDocumentation.IMAGE_MODEL_OPERATION
            .observation(convention, USUAL, () -> context, observations)
            .observe(
                () -> {
                  ImageResponse drawn = draw(prompt, options);
                  context.setResponse(drawn);
                  return drawn;
                });
    return Objects.requireNonNull(response);
  }

  /** Returns the options of a request, merged with the defaults. */
  SdLoraImageOptions merged(@Nullable ImageOptions options) {
    if (options instanceof SdLoraImageOptions own) {
      return defaults.with(own);
    }
    return options == null ? defaults : defaults.with(SdLoraImageOptions.of(options));
  }

  /** Sets the model name for monitoring if a request names none. */
  private SdLoraImageOptions named(SdLoraImageOptions options) {
    return options.getModel() != null || name.isEmpty()
        ? options
        : options.toBuilder().model(name.get()).build();
  }

  private ImageResponse draw(ImagePrompt prompt, SdLoraImageOptions options) {
    PromptSpec recommended = pipeline.checkpoint().defaults();
    Specs.Read read;
    Answer answer;
    try {
      read = specs.read(options, Messages.of(prompt.getInstructions()), recommended);
      answer = Answer.of(options);
    } catch (IllegalArgumentException | IllegalStateException e) {
      throw new ImageOptionsException(e);
    }
    requireModel(options.getModel());
    GenerationResult result = pipeline.generate(read.spec());
    List<String> warnings = new ArrayList<>(read.warnings());
    warnings.addAll(result.warnings());
    List<ImageGeneration> images =
        result.images().stream()
            .map(
                image ->
                    new ImageGeneration(
                        answer.image(image),
                        new SdLoraImageMetadata(
                            image.seed(), image.infotext(), result.loras(), warnings)))
            .toList();
    return new ImageResponse(images, metadata(result, warnings));
  }

  private ImageResponseMetadata metadata(GenerationResult result, List<String> warnings) {
    ImageResponseMetadata metadata = new ImageResponseMetadata();
    metadata.put("model", pipeline.checkpoint().name());
    metadata.put("precision", result.precision().name().toLowerCase(Locale.ROOT));
    metadata.put("seconds", result.elapsed().toMillis() / 1e3);
    metadata.put("warnings", List.copyOf(warnings));
    return metadata;
  }

  private void requireModel(@Nullable String requested) {
    if (requested == null || requested.isBlank() || requested.equals(name.orElse(""))) {
      return;
    }
    String running = pipeline.checkpoint().name();
    String file = String.valueOf(pipeline.checkpoint().path().getFileName());
    if (!requested.equals(running) && !requested.equals(file)) {
      throw new ImageOptionsException(
          new IllegalArgumentException(
              "model '%s' is not available, this application runs '%s'; omit 'model', or set sdlora.checkpoint to the file of the other model"
                  .formatted(requested, running)));
    }
  }

  /**
   * The form of a response.
   *
   * @param format the file format of the images
   * @param address whether images are returned as a URL
   */
  private record Answer(String format, boolean address) {
    static Answer of(SdLoraImageOptions options) {
      String format = options.find("outputFormat", String.class).orElse("png");
      String response = options.find("responseFormat", String.class).orElse("b64_json");
      String lower = format.toLowerCase(Locale.ROOT);
      if (!List.of("png", "jpg", "jpeg").contains(lower)) {
        throw new IllegalArgumentException("outputFormat must be png or jpeg: " + format);
      }
      if (!List.of("b64_json", "url").contains(response)) {
        throw new IllegalArgumentException("responseFormat must be b64_json or url: " + response);
      }
      return new Answer(lower.equals("png") ? "png" : "jpeg", response.equals("url"));
    }

    Image image(GeneratedImage image) {
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      image.write(bytes, format);
      String base64 = Base64.getEncoder().encodeToString(bytes.toByteArray());
      return address
          ? new Image("data:image/" + format + ";base64," + base64, null)
          : new Image(null, base64);
    }
  }

  /** Builds a model. Not thread-safe. */
  public static final class Builder {
    private final Pipeline pipeline;
    private SdLoraImageOptions defaults = SdLoraImageOptions.builder().build();
    private List<Style> styles = List.of();
    private List<Path> wildcardDirectories = List.of();
    private @Nullable String name;
    private ObservationRegistry observations = ObservationRegistry.NOOP;
    private @Nullable ImageModelObservationConvention convention;

    private Builder(Pipeline pipeline) {
      this.pipeline = pipeline;
    }

    /**
     * Sets the options for requests that do not set them.
     *
     * @param defaults the options. Default: those of the library
     * @return this builder
     */
    public Builder defaults(SdLoraImageOptions defaults) {
      this.defaults = Objects.requireNonNull(defaults, "defaults");
      return this;
    }

    /**
     * Sets the styles that requests can name.
     *
     * @param styles the styles. Default: none, then requests with a style get a warning
     * @return this builder
     */
    public Builder styles(List<Style> styles) {
      Objects.requireNonNull(styles, "styles");
      this.styles = List.copyOf(styles);
      return this;
    }

    /**
     * Sets the folders with wildcards for dynamic prompts.
     *
     * @param directories the folders. Default: none
     * @return this builder
     */
    public Builder wildcardDirectories(List<Path> directories) {
      Objects.requireNonNull(directories, "directories");
      this.wildcardDirectories = List.copyOf(directories);
      return this;
    }

    /**
     * Sets the model's name in observations, which requests may also use to select it.
     *
     * @param name the name. Default: none, observations use the name in the request
     * @return this builder
     */
    public Builder name(String name) {
      this.name = Objects.requireNonNull(name, "name");
      return this;
    }

    /**
     * Sets the registry for observations of requests, named {@code gen_ai.client.operation}.
     *
     * @param observations the registry. Default: no observations
     * @return this builder
     */
    public Builder observationRegistry(ObservationRegistry observations) {
      this.observations = Objects.requireNonNull(observations, "observations");
      return this;
    }

    /**
     * Sets the convention for observations.
     *
     * @param convention the convention. Default: Spring AI's {@link
     *     DefaultImageModelObservationConvention}
     * @return this builder
     */
    public Builder observationConvention(ImageModelObservationConvention convention) {
      this.convention = Objects.requireNonNull(convention, "convention");
      return this;
    }

    /** {@return the model} The builder can be reused. */
    public SdLoraImageModel build() {
      return new SdLoraImageModel(this);
    }
  }
}
