package dev.sdlora.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sdlora.api.Checkpoint;
import dev.sdlora.api.CheckpointException;
import dev.sdlora.api.Embedding;
import dev.sdlora.api.EmbeddingException;
import dev.sdlora.api.GeneratedImage;
import dev.sdlora.api.ImageFileException;
import dev.sdlora.api.LoraAdapter;
import dev.sdlora.api.LoraException;
import dev.sdlora.api.StableDiffusionException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;

/** Finds out what a file is by trying. */
final class FileInfo {
  private FileInfo() {}

  /**
   * Describes a checkpoint, a LoRA, an embedding or a picture.
   *
   * @throws StableDiffusionException if it is none of them
   */
  static ObjectNode of(Path path) {
    if (!Files.exists(path)) {
      throw new StableDiffusionException("'" + path + "' does not exist");
    }
    Optional<String> pictureSize = PictureSize.of(path);
    return pictureSize.isPresent() ? image(path, pictureSize.get()) : model(path);
  }

  private static ObjectNode model(Path path) {
    try {
      return checkpoint(Checkpoint.open(path));
    } catch (CheckpointException notCheckpoint) {
      if (Files.isDirectory(path)) {
        throw notCheckpoint;
      }
      return adapter(path, notCheckpoint);
    }
  }

  private static ObjectNode adapter(Path path, CheckpointException notCheckpoint) {
    try {
      return lora(LoraAdapter.open(path));
    } catch (LoraException notLora) {
      try {
        return embedding(Embedding.open(path));
      } catch (EmbeddingException notEmbedding) {
        notEmbedding.addSuppressed(notLora);
        notEmbedding.addSuppressed(notCheckpoint);
        throw new StableDiffusionException(
            "read as a checkpoint: %s; read as a LoRA: %s; read as an embedding: %s"
                .formatted(
                    notCheckpoint.getMessage(), notLora.getMessage(), notEmbedding.getMessage()),
            notEmbedding);
      }
    }
  }

  private static ObjectNode checkpoint(Checkpoint checkpoint) {
    return described("checkpoint", checkpoint.path())
        .put("name", checkpoint.name())
        .put("family", checkpoint.family().label())
        .put("layout", checkpoint.layout().name().toLowerCase(Locale.ROOT).replace('_', '-'))
        .put("storage", checkpoint.storage())
        .put("tensors", checkpoint.tensors())
        .put("parameters", checkpoint.parameters())
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

  /** A picture with settings, or one into which an embedding is written. */
  private static ObjectNode image(Path path, String size) {
    try {
      return described("image", path)
          .put("size", size)
          .put("parameters", GeneratedImage.readParameters(path));
    } catch (ImageFileException noSettings) {
      try {
        return embedding(Embedding.open(path));
      } catch (EmbeddingException noEmbedding) {
        noSettings.addSuppressed(noEmbedding);
        throw noSettings;
      }
    }
  }

  private static ObjectNode described(String kind, Path path) {
    return Json.object().put("kind", kind).put("path", path.toString());
  }
}
