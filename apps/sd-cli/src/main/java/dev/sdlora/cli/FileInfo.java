package dev.sdlora.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sdlora.api.Checkpoint;
import dev.sdlora.api.Embedding;
import dev.sdlora.api.GeneratedImage;
import dev.sdlora.api.LoraAdapter;
import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.Recovery;
import dev.sdlora.api.error.CheckpointException;
import dev.sdlora.api.error.EmbeddingException;
import dev.sdlora.api.error.ImageFileException;
import dev.sdlora.api.error.ImageSettingsException;
import dev.sdlora.api.error.LoraException;
import dev.sdlora.api.error.StableDiffusionException;
import dev.sdlora.api.error.TensorFileException;
import dev.sdlora.api.model.FileDescription;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;

/** Finds out what a file is, first by its names, then by trying. */
final class FileInfo {
  private FileInfo() {}

  /**
   * Describes a checkpoint, a LoRA, an embedding or an image, and other networks that are
   * recognised but not run alone.
   *
   * @param folders in which the files that an image was made with are looked for
   * @param console is told how long that takes
   * @throws StableDiffusionException if it is none of them, or damaged; the message is about what
   *     the file is, if that can be seen
   */
  static ObjectNode of(Path path, FolderOptions folders, Console console) {
    if (!Files.exists(path)) {
      throw new StableDiffusionException("'" + path + "' does not exist");
    }
    Optional<String> pictureSize = ImageDimensions.of(path);
    if (pictureSize.isPresent()) {
      return image(path, pictureSize.get(), folders, console);
    }
    return Files.isDirectory(path) ? checkpoint(Checkpoint.open(path)) : tensors(path);
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
      case CONTROLNET, T2I_ADAPTER, TAESD, UPSCALER, VAE, TEXT_ENCODER, UNET ->
          noted(path, description.get().kind().label(), description.get().note());
    };
  }

  /** A checkpoint that can be run, or what it is instead. */
  private static ObjectNode checkpointOrNote(Path path, FileDescription description) {
    try {
      return checkpoint(Checkpoint.open(path));
    } catch (CheckpointException e) {
      String note = description.runnable() ? String.valueOf(e.getMessage()) : description.note();
      return noted(path, description.kind().label(), note);
    }
  }

  /** LoRAs and embeddings whose names do not give them away. */
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
                    + "' is a tensor file, but neither a checkpoint nor a LoRA, an embedding or"
                    + " another network that this version knows",
                notLora);
        unknown.addSuppressed(notEmbedding);
        throw unknown;
      }
    }
  }

  private static ObjectNode checkpoint(Checkpoint checkpoint) {
    ObjectNode info = described("checkpoint", checkpoint.path());
    checkpoint.vae().ifPresent(vae -> info.put("vae", vae.toString()));
    return info.put("name", checkpoint.name())
        .put("family", checkpoint.family().label())
        .put("task", checkpoint.task().name().toLowerCase(Locale.ROOT).replace('_', '-'))
        .put("prediction", checkpoint.predictionType().label())
        .put("signs", String.join("; ", checkpoint.signs()))
        .put("layout", checkpoint.layout().name().toLowerCase(Locale.ROOT).replace('_', '-'))
        .put("storage", checkpoint.storage())
        .put("tensors", checkpoint.tensors())
        .put("parameters", checkpoint.parameterCount())
        .put("defaultSize", checkpoint.defaultSize().toString());
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

  /** An image with settings or without, or one into which an embedding is written. */
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
      return image.put("note", "pictures of this format hold no settings");
    }
  }

  /** What the image was made with, as far as it was looked for. */
  private static void files(ObjectNode image, Recovery recovery) {
    ArrayNode found = image.putArray("found");
    for (Recovery.Found file : recovery.found()) {
      ObjectNode item = found.addObject().put("kind", file.kind().label()).put("name", file.name());
      file.hash().ifPresent(hash -> item.put("hash", hash));
      item.put("file", file.file().toString());
    }
    ArrayNode missing = image.putArray("missing");
    for (Recovery.Missing file : recovery.missing()) {
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
