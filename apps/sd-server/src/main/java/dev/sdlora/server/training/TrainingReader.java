package dev.sdlora.server.training;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.image.ImageSize;
import dev.sdlora.request.StoredRequest;
import dev.sdlora.request.context.RequestContext;
import dev.sdlora.request.image.Base64Images;
import dev.sdlora.request.json.FieldException;
import dev.sdlora.request.json.Fields;
import dev.sdlora.server.http.Refusal;
import dev.sdlora.training.LoraTrainerBuilder;
import dev.sdlora.training.Recommendation;
import dev.sdlora.training.TrainingExample;
import dev.sdlora.training.TrainingSet;
import dev.sdlora.training.setting.TrainingSettings;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** Parses training requests; missing fields get the checkpoint's recommended values. */
final class TrainingReader {
  /** Default number of samples in a training. */
  private static final int SAMPLES = 8;

  /** The default of {@code LoraTrainer} for sliders. */
  private static final int STEPS_OF_SLIDER = 500;

  /** A training with at most this many steps needs a shorter warmup. */
  private static final int SHORT = 500;

  private final RequestContext requestContext;

  TrainingReader(RequestContext requestContext) {
    this.requestContext = requestContext;
  }

  /**
   * Reads a request whose training is to be run.
   *
   * @param name the checked name of the LoRA
   * @param folder an empty folder for the image files
   */
  TrainingRequest read(Fields fields, String name, Path folder) {
    TrainingRequest read =
        read(fields, name, folder, new TrainingImages(requestContext, Optional.of(folder)));
    boolean callable =
        !read.trigger().isEmpty()
            || read.images().stream()
                .flatMap(set -> set.examples().stream())
                .anyMatch(example -> !example.caption().isEmpty());
    if (!callable && read.images().isPresent()) {
      throw new Refusal(422, "give a trigger word or captions, so that prompts can use the LoRA");
    }
    return read;
  }

  /**
   * Reads a request whose training is only planned, which may lack a trigger word and captions.
   *
   * @param name any name
   * @param folder a folder for the files of the training, of which there are none
   */
  TrainingRequest readForPlan(Fields fields, String name, Path folder) {
    return read(fields, name, folder, new TrainingImages(requestContext, Optional.empty()));
  }

  private TrainingRequest read(Fields request, String name, Path folder, TrainingImages images) {
    ObjectNode withoutImages = Fields.object();
    withoutImages.setAll(request.node());
    withoutImages.remove(TrainingFields.IMAGES);
    StoredRequest.requireShort(Fields.of(withoutImages), requestContext.limits().text());
    Fields fields = TrainingFields.flat(request);
    String trigger = TrainingFields.text(fields, "trigger");
    Optional<TrainingSet> pictures = images.set(fields, "pictures", "image");
    requireImagesOrSlider(fields, pictures.isPresent());
    Optional<TrainingSet> classImages = images.set(fields, "class_images", "class image");
    int count = pictures.map(set -> set.examples().size()).orElse(0);
    int batch = fields.whole("batch_size", count == 0 ? 1 : recommended(count).batchSize());
    int accumulation = fields.whole("accumulation", 1);
    long perEpoch =
        pictures.stream()
            .flatMap(set -> set.examples().stream())
            .mapToLong(TrainingExample::repeats)
            .sum();
    int steps = steps(fields, count, perEpoch, (long) batch * accumulation);
    Optional<ImageSize> chosen = size(fields);
    ImageSize size = chosen.orElseGet(() -> requestContext.pipeline().checkpoint().defaultSize());
    new TrainingLimits(requestContext.limits()).requireStep(size, batch, accumulation);
    TrainingLimits.requireModest(fields, count, steps);
    List<PromptSpec> samples = samples(fields, trigger, pictures, size);
    List<Double> weights =
        fields.has("sample_weights") ? fields.numbers("sample_weights") : List.of(1.0);
    int sampleEvery = fields.whole("sample_every", Math.max(1, steps / SAMPLES));
    if (!samples.isEmpty()) {
      TrainingLimits.requireSamples(samples.size() * weights.size(), steps, sampleEvery);
    }
    return new TrainingRequest(
        name,
        trigger,
        pictures,
        settings(fields, steps, chosen, TrainingOptions.read(fields, classImages)),
        samples,
        weights,
        sampleEvery,
        (long) size.width() * size.height() * batch * accumulation,
        folder,
        Stream.of(pictures, classImages)
            .flatMap(Optional::stream)
            .flatMap(set -> set.examples().stream())
            .mapToLong(example -> example.caption().length())
            .sum(),
        withoutImages);
  }

  private static void requireImagesOrSlider(Fields fields, boolean images) {
    if (images == fields.has("slider")) {
      throw new FieldException(
          "pictures",
          images
              ? "give 'pictures' or 'slider', not both"
              : "field 'pictures' must have from 1 to %s images: 0"
                  .formatted(TrainingLimits.MOST_IMAGES));
    }
  }

  /** Returns the recommended settings for the model and a number of images. */
  Recommendation recommended(int images) {
    return Recommendation.of(requestContext.pipeline().checkpoint().path(), Math.max(1, images));
  }

  /** Returns the number of steps, on which the defaults of other settings depend. */
  private int steps(Fields fields, int images, long perEpoch, long inStep) {
    if (!fields.has("epochs")) {
      return fields.whole("steps", images == 0 ? STEPS_OF_SLIDER : recommended(images).steps());
    }
    long seen = fields.whole("epochs", 0) * perEpoch;
    return (int) Math.min(TrainingSettings.MOST_STEPS, Math.max(0, seen / Math.max(1, inStep)));
  }

  private static Consumer<LoraTrainerBuilder> settings(
      Fields fields, int steps, Optional<ImageSize> size, Consumer<LoraTrainerBuilder> options) {
    boolean isShort = steps <= SHORT && !fields.has("warmup") && !fields.has("slider");
    boolean hasSteps = fields.has("steps") || fields.has("epochs");
    return trainer -> {
      if (!hasSteps) {
        trainer.steps(steps);
      }
      if (isShort) {
        trainer.warmup(Math.max(0, steps) / 10);
      }
      size.ifPresent(trainer::size);
      options.accept(trainer);
    };
  }

  private Optional<ImageSize> size(Fields fields) {
    int width = fields.whole("width", 0);
    int height = fields.whole("height", width);
    Base64Images.requirePixels("size", width, height, requestContext.limits().pixels());
    return width == 0 ? Optional.empty() : Optional.of(new ImageSize(width, height));
  }

  private List<PromptSpec> samples(
      Fields fields, String trigger, Optional<TrainingSet> images, ImageSize size) {
    if (!fields.flag("samples", true)) {
      return List.of();
    }
    if (fields.has("sample_prompt") && fields.has("sample_prompts")) {
      throw new FieldException(
          "sample_prompts", "give 'sample_prompt' or 'sample_prompts', not both");
    }
    List<String> prompts =
        Stream.concat(
                Stream.of(TrainingFields.text(fields, "sample_prompt")),
                TrainingFields.texts(fields, "sample_prompts").stream())
            .filter(prompt -> !prompt.isEmpty())
            .toList();
    PromptSpec defaults = requestContext.pipeline().checkpoint().defaults();
    return (prompts.isEmpty() ? List.of(usualPrompt(fields, trigger, images)) : prompts)
        .stream()
            .map(prompt -> defaults.toBuilder().prompt(prompt).size(size).seed(1).build())
            .toList();
  }

  /** The prompt of samples if the request has none: that of the first image, or of the slider. */
  private static String usualPrompt(Fields fields, String trigger, Optional<TrainingSet> images) {
    return images
        .map(set -> set.examples().get(0))
        .map(TrainingExample::caption)
        .map(caption -> TrainingRequest.withTrigger(trigger, caption))
        .orElseGet(() -> TrainingFields.text(fields, "slider.target"));
  }
}
