package dev.sdlora.server.training;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.error.ImageFileException;
import dev.sdlora.api.error.ResourceException;
import dev.sdlora.api.image.Image;
import dev.sdlora.api.image.ImageSize;
import dev.sdlora.api.value.Sha256;
import dev.sdlora.request.Base64Images;
import dev.sdlora.request.Fields;
import dev.sdlora.request.RequestContext;
import dev.sdlora.request.StoredRequest;
import dev.sdlora.server.http.Refusal;
import dev.sdlora.training.LoraTrainerBuilder;
import dev.sdlora.training.Recommendation;
import dev.sdlora.training.TrainedModules;
import dev.sdlora.training.TrainingExample;
import dev.sdlora.training.TrainingSet;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.IntConsumer;

/** Parses training requests; missing fields get the checkpoint's recommended values. */
final class TrainingReader {
  private static final int MOST_PICTURES = 1000;

  /** Limit of characters of a caption; the text encoder reads a few hundred. */
  private static final int LONGEST_CAPTION = 10_000;

  /** Limit of image bytes of one training, stored in temporary files until it is forgotten. */
  private static final long MOST_BYTES = 512 << 20;

  /** Limit of sample images of one training. */
  private static final int MOST_SAMPLES = 200;

  /** Bytes of the hash that identifies equal files. */
  private static final int HASH_BYTES = 16;

  /** Default number of samples in a training. */
  private static final int SAMPLES = 8;

  private final RequestContext offer;
  private final LoraFolder loras;

  TrainingReader(RequestContext offer, LoraFolder loras) {
    this.offer = offer;
    this.loras = loras;
  }

  /**
   * Reads a request.
   *
   * @param folder an empty folder for the image files
   */
  TrainingPlan read(Fields fields, Path folder) {
    ObjectNode asked = Fields.object();
    asked.setAll(fields.node());
    asked.remove("pictures");
    Fields settings = Fields.of(asked);
    StoredRequest.requireShort(settings, offer.limits().text());
    String name = loras.requireFree(fields.name("name").orElse("").strip());
    String trigger = fields.text("trigger").orElse("").strip();
    TrainingSet images = images(fields, folder);
    if (trigger.isEmpty()
        && images.examples().stream().allMatch(example -> example.caption().isEmpty())) {
      throw new Refusal(422, "give a trigger word or captions, so that prompts can use the LoRA");
    }
    int count = images.examples().size();
    Recommendation recommended = recommended(count);
    int steps = fields.whole("steps", recommended.steps());
    ImageSize size = size(settings).orElseGet(() -> offer.pipeline().checkpoint().defaultSize());
    int batch = settings.whole("batch_size", recommended.batchSize());
    requireStep(size, batch);
    int sampleEvery = fields.whole("sample_every", Math.max(1, steps / SAMPLES));
    requireSamples(settings, steps, sampleEvery);
    return new TrainingPlan(
        name,
        trigger,
        images,
        settings(settings, steps),
        sample(settings, trigger, images, size),
        sampleEvery,
        (long) size.width() * size.height() * batch,
        folder,
        asked);
  }

  /**
   * Limits the work of a step, after which a training can be cancelled, to that of drawing the
   * largest image.
   */
  private void requireStep(ImageSize size, int batch) {
    long pixels = (long) size.width() * size.height() * batch;
    long most = offer.limits().pixels();
    if (pixels > most) {
      throw new ResourceException(
          ResourceException.Resource.PIXELS,
          "a step of 'batch_size' %s at %s has %s pixels; the limit is %s"
              .formatted(batch, size, pixels, most),
          pixels,
          most);
    }
  }

  private static void requireSamples(Fields settings, int steps, int sampleEvery) {
    if (settings.flag("samples", true) && sampleEvery > 0 && steps / sampleEvery > MOST_SAMPLES) {
      throw new Refusal(
          422,
          "a sample every %s of %s steps makes %s; the limit is %s, so 'sample_every' must be at least %s"
              .formatted(
                  sampleEvery,
                  steps,
                  steps / sampleEvery,
                  MOST_SAMPLES,
                  (steps + MOST_SAMPLES - 1) / MOST_SAMPLES));
    }
  }

  /** Returns the recommended settings for the model and a number of images. */
  Recommendation recommended(int images) {
    return Recommendation.of(offer.pipeline().checkpoint().path(), images);
  }

  private TrainingSet images(Fields fields, Path folder) {
    List<Fields> given = fields.objects("pictures");
    if (given.isEmpty() || given.size() > MOST_PICTURES) {
      throw new Refusal(
          422,
          "field 'pictures' must have from 1 to %s images: %s"
              .formatted(MOST_PICTURES, given.size()));
    }
    List<TrainingExample> examples = new ArrayList<>();
    KeptFiles files = new KeptFiles(folder);
    for (int i = 0; i < given.size(); i++) {
      examples.add(example("image " + (i + 1), given.get(i), files));
    }
    return TrainingSet.of(examples);
  }

  /** The image files of a training; equal files are stored once. */
  private static final class KeptFiles {
    private final Path folder;
    private final Map<String, Path> byHash = new HashMap<>();
    private long bytes;

    KeptFiles(Path folder) {
      this.folder = folder;
    }

    /** Stores a file after checking it, unless an equal one is stored. */
    Path keep(String name, byte[] file, Runnable check) throws IOException {
      String hash = Sha256.hex(file, HASH_BYTES);
      Path known = byHash.get(hash);
      if (known != null) {
        return known;
      }
      check.run();
      bytes += file.length;
      if (bytes > MOST_BYTES) {
        throw new Refusal(
            413,
            "the images up to %s have %s bytes in total; the limit for a training is %s"
                .formatted(name, bytes, MOST_BYTES));
      }
      Path path = Files.write(folder.resolve("" + byHash.size()), file);
      byHash.put(hash, path);
      return path;
    }
  }

  private TrainingExample example(String name, Fields given, KeptFiles files) {
    String image =
        given
            .name("image")
            .orElseThrow(() -> new Refusal(422, name + " must have a field 'image'"));
    String caption = given.text("caption").orElse("").strip();
    if (caption.length() > LONGEST_CAPTION) {
      throw new Refusal(
          422,
          "the caption of %s has %s characters; the limit is %s"
              .formatted(name, caption.length(), LONGEST_CAPTION));
    }
    byte[] bytes = offer.images().bytes(name, image);
    Path file;
    try {
      file = files.keep(name, bytes, () -> Base64Images.read(name, bytes, offer.limits().pixels()));
    } catch (ImageFileException e) {
      throw new Refusal(422, "%s cannot be read: %s".formatted(name, e.getMessage()));
    } catch (IOException e) {
      throw new UncheckedIOException(name + " could not be stored: " + e, e);
    }
    // Decoded when the training begins, because hundreds of images would fill the memory.
    return new TrainingExample(name, () -> Image.read(file).toBufferedImage(), caption, 1);
  }

  private Consumer<LoraTrainerBuilder> settings(Fields fields, int steps) {
    Optional<TrainedModules> modules = fields.name("modules").map(TrainingReader::modules);
    Optional<ImageSize> size = size(fields);
    return trainer -> {
      trainer.steps(steps);
      if (steps <= 500) { // A short training needs a short warmup.
        trainer.warmup(steps / 10);
      }
      ifWhole(fields, "rank", trainer::rank);
      fields.ifNumber("alpha", trainer::alpha);
      modules.ifPresent(trainer::modules);
      trainer.textEncoder(fields.flag("text_encoder", false));
      ifWhole(fields, "batch_size", trainer::batchSize);
      fields.ifNumber("learning_rate", trainer::learningRate);
      size.ifPresent(trainer::size);
      fields.ifNumber("noise_offset", trainer::noiseOffset);
      fields.whole("seed").ifPresent(trainer::seed);
    };
  }

  private static void ifWhole(Fields fields, String name, IntConsumer setter) {
    if (fields.has(name)) {
      setter.accept(fields.whole(name, 0));
    }
  }

  private static TrainedModules modules(String name) {
    try {
      return TrainedModules.valueOf(name.toUpperCase(Locale.ROOT));
    } catch (IllegalArgumentException e) {
      throw new Refusal(
          422, "field 'modules' must be attention, linear or convolutions: '%s'".formatted(name));
    }
  }

  private Optional<ImageSize> size(Fields fields) {
    int width = fields.whole("width", 0);
    int height = fields.whole("height", width);
    Base64Images.requirePixels("size", width, height, offer.limits().pixels());
    return width == 0 ? Optional.empty() : Optional.of(new ImageSize(width, height));
  }

  private Optional<PromptSpec> sample(
      Fields fields, String trigger, TrainingSet images, ImageSize size) {
    if (!fields.flag("samples", true)) {
      return Optional.empty();
    }
    String first = TrainingPlan.withTrigger(trigger, images.examples().get(0).caption());
    String prompt = fields.name("sample_prompt").orElse(first);
    PromptSpec defaults = offer.pipeline().checkpoint().defaults();
    return Optional.of(defaults.toBuilder().prompt(prompt).size(size).seed(1).build());
  }
}
