package dev.sdlora.pipeline.embedding;

import dev.sdlora.api.Embedding;
import dev.sdlora.api.error.EmbeddingException;
import dev.sdlora.api.error.ErrorDetails;
import dev.sdlora.api.error.GenerationCancelledException;
import dev.sdlora.api.error.LoraException;
import dev.sdlora.api.error.TensorFileException;
import dev.sdlora.lora.format.BundledEmbedding;
import dev.sdlora.lora.format.LoraFile;
import dev.sdlora.pipeline.image.PngFiles;
import dev.sdlora.prompt.tokens.TrainedWord;
import dev.sdlora.tensors.entry.TensorEntry;
import dev.sdlora.tensors.file.TensorFile;
import dev.sdlora.tensors.folder.FolderTree;
import dev.sdlora.tensors.io.Cancellation;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * The contents of an embedding file.
 *
 * @param details the description for callers of the library
 * @param word its vectors, under its name
 */
record EmbeddingFile(Embedding details, TrainedWord word) {
  static final List<String> PICTURES = List.of(".png", ".webp");

  /** The PNG text chunk in which A1111 stores an embedding in base 64. */
  private static final String KEYWORD = "sd-ti-embedding";

  /** The name suffix of an embedding's preview image, which never contains an embedding. */
  private static final String PREVIEW = ".preview";

  /**
   * Reads a file.
   *
   * @throws EmbeddingException if it is missing or holds no embedding
   * @throws dev.sdlora.api.error.TensorFileException if it is damaged or is not a tensor file
   */
  static EmbeddingFile open(Path path) {
    return isImage(path)
        ? find(path)
            .orElseThrow(
                () ->
                    new EmbeddingException(
                        "'" + path + "' is an image that contains no embedding",
                        ErrorDetails.in(path)))
        : explained(path, () -> of(path, FolderTree.stem(path), rows(path)));
  }

  /** Whether a file is a LoRA, which users confuse with embeddings. */
  static boolean isLora(Path path) {
    try {
      return !isImage(path) && !LoraFile.open(path).modules().isEmpty();
    } catch (LoraException | TensorFileException e) {
      return false;
    }
  }

  /** Whether all its values are zero, so that it has no effect. */
  boolean isZero() {
    for (int encoder = 0; encoder < details.widths().size(); encoder++) {
      for (float number : word.values(encoder)) {
        if (number != 0) {
          return false;
        }
      }
    }
    return true;
  }

  /** Whether a file name is that of an image. */
  static boolean isImage(Path path) {
    String name = path.toString().toLowerCase(Locale.ROOT);
    return PICTURES.stream().anyMatch(name::endsWith);
  }

  /**
   * Returns the embedding in an image, if there is one.
   *
   * @throws EmbeddingException if there is one but it is damaged
   */
  static Optional<EmbeddingFile> find(Path image) {
    String stem = FolderTree.stem(image);
    if (stem.toLowerCase(Locale.ROOT).endsWith(PREVIEW)) {
      return Optional.empty();
    }
    return explained(
        image,
        () ->
            json(image)
                .map(JsonRows::new)
                .map(json -> of(image, json.name().orElse(stem), json.rows())));
  }

  private static Optional<String> json(Path image) {
    try {
      Optional<String> text =
          image.toString().toLowerCase(Locale.ROOT).endsWith(".png")
              ? PngFiles.findText(image, KEYWORD)
              : Optional.empty();
      if (text.isPresent()) {
        byte[] json = Base64.getMimeDecoder().decode(text.get());
        return Optional.of(new String(json, StandardCharsets.UTF_8));
      }
      return HiddenText.find(image);
    } catch (GenerationCancelledException | EmbeddingException e) {
      throw e;
    } catch (IOException | RuntimeException e) {
      // Java's image readers fail in many ways on damaged files.
      throw new EmbeddingException("cannot be read as an image: " + e.getMessage(), e);
    }
  }

  /**
   * Reads an embedding bundled with a LoRA.
   *
   * @throws EmbeddingException if it is not an embedding or is damaged
   */
  static EmbeddingFile bundled(LoraFile lora, BundledEmbedding embedding) {
    Path path = lora.file().path();
    return explained(
        path, () -> of(path, embedding.name(), rows(lora.file(), embedding.tensors())));
  }

  private static List<Rows> rows(Path path) {
    TensorFile file = TensorFile.open(path);
    try {
      return rows(file, file.tensors());
    } catch (EmbeddingException e) {
      if (isLora(path)) {
        throw new EmbeddingException(
            "is a LoRA, not an embedding; move it to a folder of LoRAs and use a tag such as <lora:"
                + FolderTree.stem(path)
                + ":1>",
            ErrorDetails.NONE,
            e);
      }
      throw e;
    }
  }

  private static List<Rows> rows(TensorFile file, Map<String, TensorEntry> tensors) {
    List<String> names = Layout.tensors(tensors.keySet());
    try (TensorFile.Reader reader = file.reader()) {
      return names.stream().map(name -> rows(name, tensors, reader)).toList();
    }
  }

  private static Rows rows(
      String name, Map<String, TensorEntry> tensors, TensorFile.Reader reader) {
    TensorEntry tensor = Optional.ofNullable(tensors.get(name)).orElseThrow();
    long[] shape = Rows.shape(name, tensor.shape());
    if (!tensor.dtype().isFloating()) {
      throw new EmbeddingException(
          "is not an embedding: tensor '" + name + "' holds " + tensor.dtype().label(),
          ErrorDetails.NONE.withTensor(name));
    }
    return new Rows((int) shape[0], (int) shape[1], reader.floats(tensor));
  }

  private static EmbeddingFile of(Path path, String name, List<Rows> encoders) {
    if (name.isBlank()) {
      throw new EmbeddingException("has no name that a prompt could contain");
    }
    int vectors = encoders.get(0).count();
    if (encoders.stream().anyMatch(rows -> rows.count() != vectors)) {
      throw new EmbeddingException(
          "has a different number of vectors for each text encoder: "
              + encoders.stream().map(Rows::count).toList());
    }
    return new EmbeddingFile(
        new Embedding(path, name, vectors, encoders.stream().map(Rows::width).toList()),
        new TrainedWord(name, vectors, encoders.stream().map(Rows::values).toList()));
  }

  /** Adds the file to an error's message. */
  private static <T> T explained(Path path, Supplier<T> reading) {
    if (!Files.exists(path)) {
      throw new EmbeddingException(
          "embedding '" + path + "' does not exist", ErrorDetails.in(path));
    }
    // Reading a pipe would block.
    if (!Files.isRegularFile(path)) {
      throw new EmbeddingException("'" + path + "' is not a regular file", ErrorDetails.in(path));
    }
    Cancellation.check();
    try {
      return reading.get();
    } catch (EmbeddingException e) {
      throw new EmbeddingException(
          "'" + path + "' " + e.getMessage(), e.details().withFile(path), e);
    }
  }
}
