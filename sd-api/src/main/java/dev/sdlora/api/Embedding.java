package dev.sdlora.api;

import dev.sdlora.api.service.Services;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;

/**
 * A file of textual inversion (Gal et al. 2022): vectors that a text encoder reads where a prompt
 * names them, such as {@code EasyNegative}. Immutable; it holds no open file.
 *
 * @param path the file
 * @param name what prompts write for it, without regard to upper and lower case
 * @param vectors how many tokens it takes up in a prompt, from 1 to 75
 * @param widths how many numbers a vector has, for each text encoder that the model has
 */
public record Embedding(Path path, String name, int vectors, List<Integer> widths) {

  /**
   * Copies the list.
   *
   * @throws IllegalArgumentException if the name is blank
   */
  public Embedding {
    Objects.requireNonNull(path, "path");
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(widths, "widths");
    if (name.isBlank()) {
      throw new IllegalArgumentException("name must not be blank: '" + name + "'");
    }
    widths = List.copyOf(widths);
  }

  /**
   * Opens an embedding: a {@code .safetensors} file or one of PyTorch ({@code .pt}, {@code .bin})
   * in A1111's layout, in that of diffusers, or with {@code clip_l} and {@code clip_g} for SDXL; or
   * a picture that A1111 has written one into, as a text or in the lowest bits of its pixels. Its
   * name is that of the file without the extension; of a picture, the one written there.
   *
   * @throws EmbeddingException if the file is missing or holds no embedding
   * @throws TensorFileException if the file is damaged or is not a tensor file at all
   */
  public static Embedding open(Path path) {
    Objects.requireNonNull(path, "path");
    return Services.find(Backend.Embeddings.class).open(path);
  }

  /**
   * The same embedding under another name.
   *
   * @throws IllegalArgumentException if the name is blank
   */
  public Embedding withName(String name) {
    Objects.requireNonNull(name, "name");
    return new Embedding(path, name, vectors, widths);
  }

  /** The models that it was trained for, as far as the widths of its vectors tell. */
  public ModelFamily family() {
    if (widths.equals(List.of(768))) {
      return ModelFamily.SD1;
    }
    if (widths.equals(List.of(1024))) {
      return ModelFamily.SD2;
    }
    return widths.equals(List.of(768, 1280)) ? ModelFamily.SDXL : ModelFamily.UNKNOWN;
  }

  /**
   * A1111's short hash, which pictures tell under {@code TI hashes}: the first 12 hexadecimal
   * digits, in lower case, of the SHA-256 of the file. Reads all of it, once as long as its size
   * and time stamp stay the same.
   *
   * @throws EmbeddingException if the file cannot be read any more
   */
  public String hash() {
    return Services.find(Backend.Embeddings.class).hash(path);
  }
}
