package dev.sdlora.onnx.session;

import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtException.OrtErrorCode;
import dev.sdlora.api.error.CheckpointException;
import dev.sdlora.api.error.ErrorDetails;
import dev.sdlora.api.error.ResourceException;
import dev.sdlora.api.error.ResourceException.Resource;
import dev.sdlora.api.error.StableDiffusionException;
import dev.sdlora.api.error.TensorFileException;
import dev.sdlora.api.value.FileReason;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.regex.Pattern;

/** Checks ONNX files, and puts ONNX Runtime's errors into words. */
final class OnnxFiles {
  /** The largest message of Protocol Buffers; larger networks have their weights in other files. */
  private static final long MOST_BYTES = Integer.MAX_VALUE;

  private static final String POINTER = "version https://git-lfs";

  private static final int LONGEST_REASON = 300;

  /** More of a message is not read. */
  private static final int LONGEST_MESSAGE = 4000;

  /** A line of ONNX Runtime's own sources and the signature of a function of it. */
  private static final Pattern SOURCE =
      Pattern.compile(
          "\\S*\\.(?:cc|cpp|h|hpp):\\d+(?: [\\w:<>&*~, ]*\\((?:[^()]|\\([^()]*\\))*\\)(?: const)?)? ?");

  private OnnxFiles() {}

  static void check(Path file) {
    if (!Files.isRegularFile(file)) {
      throw new TensorFileException(
          "ONNX file '%s' does not exist or is a folder".formatted(file), ErrorDetails.in(file));
    }
    try (InputStream stream = Files.newInputStream(file)) {
      long size = Files.size(file);
      if (size == 0) {
        throw new TensorFileException(
            "ONNX file '%s' is empty; it was probably not downloaded completely".formatted(file),
            ErrorDetails.in(file));
      }
      if (size > MOST_BYTES) {
        throw new TensorFileException(
            "ONNX file '%s' has %s bytes, but files of that format have at most %s; it is probably another file"
                .formatted(file, size, MOST_BYTES),
            ErrorDetails.in(file));
      }
      byte[] head = stream.readNBytes(POINTER.length());
      if (new String(head, StandardCharsets.ISO_8859_1).equals(POINTER)) {
        throw new TensorFileException(
            "'%s' is a pointer of Git LFS in place of an ONNX file; download the file itself"
                .formatted(file),
            ErrorDetails.in(file));
      }
    } catch (IOException e) {
      throw new TensorFileException(
          "ONNX file '%s' cannot be read: %s".formatted(file, FileReason.of(e)),
          ErrorDetails.in(file),
          e);
    }
  }

  /** Returns the exception for a file that ONNX Runtime does not open. */
  static StableDiffusionException unreadable(Path file, OrtException error) {
    OrtErrorCode code = error.getCode();
    if (code == OrtErrorCode.ORT_INVALID_PROTOBUF) {
      return new TensorFileException(
          "'%s' is not an ONNX file, or it is damaged or incomplete".formatted(file),
          ErrorDetails.in(file),
          error);
    }
    if (code == OrtErrorCode.ORT_NOT_IMPLEMENTED || reason(error).contains("is not a registered")) {
      return new CheckpointException(
          "ONNX file '%s' needs what ONNX Runtime %s does not have: %s"
              .formatted(file, MissingRuntime.VERSION, reason(error)),
          ErrorDetails.in(file),
          error);
    }
    return new TensorFileException(
        "ONNX file '%s' cannot be opened: %s".formatted(file, reason(error)),
        ErrorDetails.in(file),
        error);
  }

  /** Returns the exception for a network that fails while it runs. */
  static StableDiffusionException failed(Path file, OrtException error) {
    String reason = reason(error);
    String lower = reason.toLowerCase(Locale.ROOT);
    if (lower.contains("allocate memory") || lower.contains("bad_alloc")) {
      return new ResourceException(
          Resource.MEMORY, "network '%s' ran out of memory: %s".formatted(file, reason), error);
    }
    return new CheckpointException(
        "network '%s' failed: %s".formatted(file, reason), ErrorDetails.in(file), error);
  }

  /** Returns the first line of a message, without the code and the place in the sources. */
  private static String reason(OrtException error) {
    String message = String.valueOf(error.getMessage()).strip();
    String line =
        message
            .lines()
            .findFirst()
            .orElse("")
            .replaceFirst("^Error code - \\w+ - message: ", "")
            .replaceFirst("^Load model from .+ failed: ?(Fatal error: )?", "");
    String head = line.substring(0, Math.min(line.length(), LONGEST_MESSAGE));
    String words = SOURCE.matcher(head).replaceAll("").strip().replaceFirst("\\.$", "");
    return words.isEmpty() ? "ONNX Runtime gives no reason" : shortened(words);
  }

  private static String shortened(String line) {
    return line.length() > LONGEST_REASON ? line.substring(0, LONGEST_REASON) + "…" : line;
  }
}
