package dev.sdlora.server.cluster;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The files that a job needs, as a front tells them to workers.
 *
 * @param variant the variant of the checkpoint's files; null for the usual one
 * @param ema whether the averaged weights are used
 * @param distilled whether the model is distilled; null if its file tells
 * @param files the files
 */
record NeededFiles(
    @Nullable String variant, boolean ema, @Nullable Boolean distilled, List<NeededFile> files) {
  private static final ObjectMapper JSON =
      new ObjectMapper().disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES);

  NeededFiles {
    files = List.copyOf(files);
  }

  /** A kind of files. */
  enum Kind {
    /** The checkpoint: a file, or all files of its folder. */
    CHECKPOINT,
    /** The VAE of the checkpoint. */
    VAE,
    /** The first text encoder. */
    TEXT_ENCODER,
    /** The second text encoder. */
    TEXT_ENCODER_2,
    /** The third text encoder. */
    TEXT_ENCODER_3,
    /** A LoRA. */
    LORA,
    /** An embedding. */
    EMBEDDING,
    /** An upscaler. */
    UPSCALER,
    /** A ControlNet or T2I-Adapter. */
    CONTROL;

    /** Whether the pipeline has to be built anew for another file. */
    boolean isOfCheckpoint() {
      return switch (this) {
        case CHECKPOINT, VAE, TEXT_ENCODER, TEXT_ENCODER_2, TEXT_ENCODER_3 -> true;
        case LORA, EMBEDDING, UPSCALER, CONTROL -> false;
      };
    }

    String folder() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * A file.
   *
   * @param kind its kind
   * @param name its name; of a checkpoint's folder, the path in it, which begins with the folder
   * @param sha256 the SHA-256 of its content, 64 hexadecimal digits in lower case
   * @param size its length in bytes
   */
  record NeededFile(Kind kind, String name, String sha256, long size) {
    private static final Pattern HASH = Pattern.compile("[0-9a-f]{64}");
    private static final Pattern NAME =
        Pattern.compile("(?!\\.{1,2}(/|$))[^/\\\\\\x00]+(/(?!\\.{1,2}(/|$))[^/\\\\\\x00]+)*");

    /** Checks that the file is inside its folder. */
    NeededFile {
      if (!HASH.matcher(sha256).matches() || !NAME.matcher(name).matches()) {
        throw new IllegalArgumentException("the job names a file badly: '%s'".formatted(name));
      }
    }
  }

  /** Returns the files of the checkpoint, which identify the pipeline. */
  @JsonIgnore
  NeededFiles ofCheckpoint() {
    return new NeededFiles(
        variant,
        ema,
        distilled,
        files.stream().filter(file -> file.kind().isOfCheckpoint()).toList());
  }

  static NeededFiles parse(String json) {
    try {
      return JSON.readValue(json, NeededFiles.class);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("the files of a job are damaged: " + json, e);
    }
  }

  String json() {
    try {
      return JSON.writeValueAsString(this);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e); // A record of texts and numbers.
    }
  }
}
