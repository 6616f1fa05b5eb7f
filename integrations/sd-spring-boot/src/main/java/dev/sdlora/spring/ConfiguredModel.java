package dev.sdlora.spring;

import dev.sdlora.api.Checkpoint;
import dev.sdlora.api.CheckpointParts;
import dev.sdlora.api.Pipeline;
import dev.sdlora.api.error.StableDiffusionException;
import dev.sdlora.api.lora.LoraMode;
import dev.sdlora.demo.model.DemoModel;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.util.ClassUtils;
import org.springframework.util.StringUtils;

/** The model configured by the properties. */
final class ConfiguredModel {
  private static final String BUNDLED = "dev.sdlora.demo.model.DemoModel";

  /** Matches references such as {@code hf:}; a single letter is a Windows drive. */
  private static final Pattern REFERENCE = Pattern.compile("[a-z][a-z0-9+.-]+:.*");

  private final SdLoraProperties properties;
  private final RequestProperties options;

  ConfiguredModel(SdLoraProperties properties, RequestProperties options) {
    this.properties = properties;
    this.options = options;
  }

  /** Returns the configured name of the model, for messages and monitoring before it is loaded. */
  String name() {
    String checkpoint = checkpoint();
    if (checkpoint == null) {
      return isBundled() ? "bundled model" : "no model";
    }
    String stem = REFERENCE.matcher(checkpoint).matches() ? null : fileStem(checkpoint);
    return stem == null ? checkpoint : stem;
  }

  private static @Nullable String fileStem(String checkpoint) {
    return StringUtils.stripFilenameExtension(
        StringUtils.getFilename(StringUtils.cleanPath(checkpoint)));
  }

  private @Nullable String checkpoint() {
    String checkpoint = properties.checkpoint();
    return checkpoint == null || checkpoint.isBlank() ? null : checkpoint.strip();
  }

  private static boolean isBundled() {
    return ClassUtils.isPresent(BUNDLED, ClassUtils.getDefaultClassLoader());
  }

  /**
   * Checks that the model exists, without reading it.
   *
   * @throws StableDiffusionException if it does not exist
   */
  void requirePresent() {
    String checkpoint = checkpoint();
    if (checkpoint == null) {
      if (!isBundled()) {
        throw new StableDiffusionException(
            "no model is configured: sdlora.checkpoint is not set, and the bundled model of"
                + " sd-demo-model is not on the class path");
      }
    } else if (!REFERENCE.matcher(checkpoint).matches() && !exists(checkpoint)) {
      throw new StableDiffusionException(
          "the checkpoint '%s' in sdlora.checkpoint does not exist; the working folder is '%s'"
              .formatted(checkpoint, Path.of("").toAbsolutePath()));
    }
  }

  private static boolean exists(String checkpoint) {
    try {
      return Files.exists(Path.of(checkpoint));
    } catch (InvalidPathException e) {
      return false;
    }
  }

  /**
   * Loads the weights; downloads them first if the checkpoint is a reference.
   *
   * @throws StableDiffusionException if they cannot be read
   */
  Pipeline load() {
    requirePresent();
    String checkpoint = checkpoint();
    Pipeline.Builder builder = Pipeline.builder();
    List<Path> loras = properties.loraDirectories();
    if (checkpoint != null) {
      builder.checkpoint(Checkpoint.open(checkpoint, parts()));
    } else {
      builder.checkpoint(Bundled.checkpoint(parts()));
      loras = loras.isEmpty() ? List.of(Bundled.loras()) : loras;
    }
    loras.forEach(builder::loraDirectory);
    files(builder);
    computation(builder);
    return builder.build();
  }

  private CheckpointParts parts() {
    CheckpointParts.Builder parts = CheckpointParts.builder();
    ifSet(properties.vae(), parts::vae);
    ifSet(properties.textEncoder(), parts::textEncoder);
    ifSet(properties.textEncoder2(), parts::textEncoder2);
    ifSet(properties.textEncoder3(), parts::textEncoder3);
    ifSet(properties.variant(), parts::variant);
    return parts.build();
  }

  private void files(Pipeline.Builder builder) {
    properties.embeddingDirectories().forEach(builder::embeddingDirectory);
    properties.hypernetworkDirectories().forEach(builder::hypernetworkDirectory);
    properties.upscalerDirectories().forEach(builder::upscalerDirectory);
    properties.controlNets().forEach(builder::controlNet);
    properties.ipAdapters().forEach(builder::ipAdapter);
    properties.imageEncoders().forEach(builder::imageEncoder);
    properties.detectorDirectories().forEach(builder::detectorDirectory);
    properties.preprocessorDirectories().forEach(builder::preprocessorDirectory);
    ifSet(properties.refiner(), builder::refiner);
    ifSet(properties.predictionType(), builder::predictionType);
    ifSet(properties.previewDecoder(), builder::previewDecoder);
  }

  private void computation(Pipeline.Builder builder) {
    ifSet(properties.precision(), builder::precision);
    ifSet(properties.weights(), builder::weights);
    ifSet(properties.memoryPolicy(), builder::memoryPolicy);
    ifSet(properties.device(), builder::device);
    ifSet((LoraMode) options.given().get("loraMode"), builder::loraMode);
    ifSet((Boolean) options.given().get("lenient"), builder::lenient);
    ifSet(properties.concurrency(), builder::concurrency);
    ifSet(properties.maxQueued(), builder::maxQueued);
    ifSet(properties.maxPixels(), builder::maxPixels);
    ifSet(properties.maxMemory(), memory -> builder.maxBytes(memory.toBytes()));
  }

  private static <T> void ifSet(@Nullable T value, Consumer<T> setter) {
    if (value != null) {
      setter.accept(value);
    }
  }

  /** A separate class, because {@code DemoModel} may be missing. */
  private static final class Bundled {
    static Checkpoint checkpoint(CheckpointParts parts) {
      return Checkpoint.open(DemoModel.checkpoint(), parts);
    }

    static Path loras() {
      return DemoModel.loras();
    }
  }
}
