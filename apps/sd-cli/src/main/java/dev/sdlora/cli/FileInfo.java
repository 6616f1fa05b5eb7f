package dev.sdlora.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sdlora.api.Checkpoint;
import dev.sdlora.api.Embedding;
import dev.sdlora.api.GeneratedImage;
import dev.sdlora.api.LoraAdapter;
import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.Recovery;
import dev.sdlora.api.TimeEstimate;
import dev.sdlora.api.error.CheckpointException;
import dev.sdlora.api.error.EmbeddingException;
import dev.sdlora.api.error.ImageFileException;
import dev.sdlora.api.error.ImageSettingsException;
import dev.sdlora.api.error.LoraException;
import dev.sdlora.api.error.StableDiffusionException;
import dev.sdlora.api.error.TensorFileException;
import dev.sdlora.api.model.FileDescription;
import dev.sdlora.api.value.Nearest;
import dev.sdlora.cli.console.Console;
import dev.sdlora.cli.console.OptionWords;
import dev.sdlora.cli.model.BundledModel;
import dev.sdlora.cli.model.FolderOptions;
import dev.sdlora.cli.report.ImageDimensions;
import dev.sdlora.cli.report.Json;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.SortedMap;

/** Identifies a file, first by its tensor names, then by trying to open it. */
final class FileInfo {
  private FileInfo() {}

  /**
   * Describes a checkpoint, a LoRA, an embedding, an image, or another network that is recognised
   * but cannot run alone.
   *
   * @param folders the folders to search for the files that an image was made with
   * @param console shows the elapsed time of the search
   * @throws StableDiffusionException if the file is none of these or is damaged; the message names
   *     its type if it can be detected
   */
  static ObjectNode of(Path path, FolderOptions folders, Console console) {
    if (!Files.exists(path)) {
      return bundled(path, folders, console);
    }
    Optional<String> imageSize = ImageDimensions.of(path);
    if (imageSize.isPresent()) {
      return image(path, imageSize.get(), folders, console);
    }
    return Files.isDirectory(path) ? checkpoint(Checkpoint.open(path)) : tensors(path);
  }

  /** Describes a bundled file that is given by its name alone, such as {@code zorp}. */
  private static ObjectNode bundled(Path name, FolderOptions folders, Console console) {
    SortedMap<String, Path> bundled = BundledModel.names();
    Path file = bundled.get(name.toString());
    if (file == null) {
      throw new StableDiffusionException(
          "'%s' does not exist, and no bundled file has this name: %s%s"
              .formatted(
                  name,
                  String.join(", ", bundled.keySet()),
                  Nearest.question(name.toString(), bundled.keySet())));
    }
    return of(file, folders, console);
  }

  private static ObjectNode tensors(Path path) {
    Optional<FileDescription> description = FileDescription.of(path);
    if (description.isEmpty()) {
      return adapter(path);
    }
    return switch (description.get().kind()) {
      case LORA -> lora(LoraAdapter.open(path));
      case EMBEDDING -> embedding(Embedding.open(path));
      case CHECKPOINT -> checkpointOrNote(path, description.get());
      case CONTROLNET, T2I_ADAPTER, IP_ADAPTER, TAESD, UPSCALER, VAE, TEXT_ENCODER, UNET ->
          noted(path, description.get().kind().label(), description.get().note());
    };
  }

  /** Describes a checkpoint, with a note if it cannot run. */
  private static ObjectNode checkpointOrNote(Path path, FileDescription description) {
    try {
      return checkpoint(Checkpoint.open(path));
    } catch (CheckpointException e) {
      String note =
          description.runnable()
              ? OptionWords.in(String.valueOf(e.getMessage()))
              : description.note();
      return noted(path, description.kind().label(), note);
    }
  }

  /** Describes a LoRA or an embedding whose tensor names do not identify it. */
  private static ObjectNode adapter(Path path) {
    try {
      return lora(LoraAdapter.open(path));
    } catch (LoraException notLora) {
      try {
        return embedding(Embedding.open(path));
      } catch (EmbeddingException notEmbedding) {
        StableDiffusionException unknown =
            new StableDiffusionException(
                "'"
                    + path
                    + "' is a tensor file, but not a checkpoint, LoRA, embedding or other network"
                    + " that this version supports",
                notLora);
        unknown.addSuppressed(notEmbedding);
        throw unknown;
      }
    }
  }

  private static ObjectNode checkpoint(Checkpoint checkpoint) {
    ObjectNode info = described("checkpoint", checkpoint.path());
    checkpoint.vae().ifPresent(vae -> info.put("vae", vae.toString()));
    info.put("name", checkpoint.name())
        .put("family", checkpoint.family().label())
        .put("task", checkpoint.task().name().toLowerCase(Locale.ROOT).replace('_', '-'))
        .put("prediction", checkpoint.predictionType().label())
        .put("signs", String.join("; ", checkpoint.signs()))
        .put("layout", checkpoint.isFolder() ? "diffusers-folder" : "single-file")
        .put("storage", checkpoint.storage())
        .put("weightBytes", checkpoint.weightBytes())
        .put("tensors", checkpoint.tensors())
        .put("parameters", checkpoint.parameterCount())
        .put("defaultSize", checkpoint.defaultSize().toString());
    PromptSpec defaults = checkpoint.defaults();
    info.put("defaultSteps", defaults.steps())
        .put("defaultCfgScale", defaults.cfgScale())
        .put("defaultSampler", defaults.sampler().label());
    checkpoint.usageHint().ifPresent(hint -> info.put("usageHint", hint));
    TimeEstimate time = checkpoint.estimateTime();
    return info.put("estimatedSeconds", time.duration().toMillis() / 1e3)
        .put("estimate", estimate(time));
  }

  private static String estimate(TimeEstimate time) {
    double seconds = time.duration().toMillis() / 1e3;
    return String.format(
        Locale.ROOT,
        "about %s for an image of %s in %d steps, in %s on %d %s of this machine",
        seconds < 10 ? String.format(Locale.ROOT, "%.1f s", seconds) : Math.round(seconds) + " s",
        time.size(),
        time.steps(),
        time.precision().name().toLowerCase(Locale.ROOT),
        time.threads(),
        time.threads() == 1 ? "thread" : "threads");
  }

  private static ObjectNode lora(LoraAdapter lora) {
    ObjectNode info =
        described("lora", lora.path())
            .put("name", lora.name())
            .put("family", lora.family().label())
            .put("modules", lora.modules())
            .put("rank", lora.rank());
    lora.alias().ifPresent(alias -> info.put("alias", alias));
    Optional.ofNullable(lora.metadata().get("modelspec.trigger_phrase"))
        .ifPresent(trigger -> info.put("trigger", trigger));
    info.set("metadata", Json.tree(lora.metadata()));
    return info;
  }

  private static ObjectNode embedding(Embedding embedding) {
    ObjectNode info =
        described("embedding", embedding.path())
            .put("name", embedding.name())
            .put("family", embedding.family().label())
            .put("vectors", embedding.vectors());
    info.set("widths", Json.tree(embedding.widths()));
    return info.put("hash", embedding.hash());
  }

  /** Describes an image with or without settings, or with an embedding stored in it. */
  private static ObjectNode image(Path path, String size, FolderOptions folders, Console console) {
    ObjectNode image = described("image", path).put("size", size);
    try {
      String parameters = GeneratedImage.readInfotext(path);
      image.put("parameters", parameters);
      if (folders.given()) {
        files(
            image, folders.recover(PromptSpec.fromInfotext(parameters), folders.loras(), console));
      }
      return image;
    } catch (ImageSettingsException noSettings) {
      return hiddenEmbedding(path).orElseGet(() -> image.put("note", noSettings.getMessage()));
    } catch (ImageFileException otherFormat) {
      if (ImageDimensions.mayHoldSettings(path)) {
        throw otherFormat;
      }
      return image.put("note", "images in this format hold no settings");
    }
  }

  /** Lists the files that the image was made with, found and missing. */
  private static void files(ObjectNode image, Recovery recovery) {
    ArrayNode found = image.putArray("found");
    for (Recovery.Item file : recovery.found()) {
      ObjectNode item = found.addObject().put("kind", file.kind().label()).put("name", file.name());
      file.hash().ifPresent(hash -> item.put("hash", hash));
      file.file().ifPresent(path -> item.put("file", path.toString()));
    }
    ArrayNode missing = image.putArray("missing");
    for (Recovery.Item file : recovery.missing()) {
      ObjectNode item =
          missing.addObject().put("kind", file.kind().label()).put("name", file.name());
      file.hash().ifPresent(hash -> item.put("hash", hash));
      file.namesake().ifPresent(other -> item.put("namesake", other.toString()));
    }
  }

  private static Optional<ObjectNode> hiddenEmbedding(Path path) {
    try {
      return Optional.of(embedding(Embedding.open(path)));
    } catch (EmbeddingException | TensorFileException e) {
      return Optional.empty();
    }
  }

  private static ObjectNode noted(Path path, String kind, String note) {
    return described(kind, path).put("note", note);
  }

  private static ObjectNode described(String kind, Path path) {
    return Json.object().put("kind", kind).put("path", path.toString());
  }
}
