package dev.sdlora.prompt.qwen;

import dev.sdlora.api.error.CheckpointException;
import dev.sdlora.api.error.ErrorDetails;
import dev.sdlora.api.value.Utf8;
import java.io.IOException;
import java.io.InputStream;
import java.io.StringWriter;
import java.nio.charset.CharacterCodingException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Reads the files of a tokenizer as Hugging Face's libraries store them.
 *
 * @param folder the folder, usually named {@code tokenizer}
 */
record TokenizerFolder(Path folder) {
  /** Exceeds all known files; the {@code tokenizer.json} of Qwen3 has 11 MB. */
  private static final int MAX_BYTES = 32 << 20;

  private static final String WHOLE = "tokenizer.json";
  private static final String IDS = "vocab.json";
  private static final String MERGES = "merges.txt";

  /** Reads one file into parts. */
  private interface Reading {
    void read(String text) throws IOException;
  }

  QwenTokenizer read() {
    TokenizerParts parts = new TokenizerParts();
    TokenizerJson json = new TokenizerJson(parts);
    if (has(IDS) && has(MERGES)) {
      read(IDS, json::readIds);
      read(MERGES, text -> readMerges(text, parts));
      readIfAdded(parts, "tokenizer_config.json", json::readConfig);
      readIfAdded(parts, "added_tokens.json", json::readAdded);
      readIfAdded(parts, WHOLE, json::readAddedOfWhole);
    } else if (has(WHOLE)) {
      read(WHOLE, json::readWhole);
    } else {
      throw new CheckpointException(
          "the tokenizer '%s' has neither %s and %s nor %s; expected the files of a Qwen tokenizer"
              .formatted(folder, IDS, MERGES, WHOLE),
          ErrorDetails.in(folder));
    }
    try {
      return parts.toTokenizer();
    } catch (IOException e) {
      throw new CheckpointException(
          "the tokenizer '%s' cannot be used: %s".formatted(folder, e.getMessage()),
          ErrorDetails.in(folder),
          e);
    }
  }

  private boolean has(String name) {
    return Files.exists(folder.resolve(name));
  }

  private void readIfAdded(TokenizerParts parts, String name, Reading reading) {
    if (!parts.hasSpecial() && has(name)) {
      read(name, reading);
    }
  }

  private void read(String name, Reading reading) {
    Path file = folder.resolve(name);
    try {
      reading.read(text(file));
    } catch (IOException e) {
      throw new CheckpointException(
          "the tokenizer file '%s' cannot be read: %s".formatted(file, reason(e)),
          ErrorDetails.in(file),
          e);
    }
  }

  private static String text(Path file) throws IOException {
    // Reading a pipe would block, and a device may have no end.
    if (!Files.isRegularFile(file)) {
      throw new IOException("it is not a regular file");
    }
    try (InputStream in = Files.newInputStream(file)) {
      byte[] bytes = in.readNBytes(MAX_BYTES + 1);
      if (bytes.length > MAX_BYTES) {
        throw new IOException("it has more than " + MAX_BYTES + " bytes");
      }
      StringWriter text = new StringWriter(bytes.length);
      Utf8.reader(bytes).transferTo(text);
      return text.toString();
    }
  }

  private static String reason(IOException failure) {
    if (failure instanceof CharacterCodingException) {
      return "it is not UTF-8";
    }
    return failure instanceof FileSystemException
        ? failure.getClass().getSimpleName() + ": " + failure.getMessage()
        : String.valueOf(failure.getMessage());
  }

  private static void readMerges(String text, TokenizerParts parts) throws IOException {
    for (String line : (Iterable<String>) text.lines()::iterator) {
      if (!line.isEmpty() && !line.startsWith("#version")) {
        parts.addMerge(line);
      }
    }
  }
}
