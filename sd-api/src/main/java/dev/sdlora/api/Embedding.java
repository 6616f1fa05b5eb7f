package dev.sdlora.api;

import dev.sdlora.api.error.EmbeddingException;
import dev.sdlora.api.error.TensorFileException;
import dev.sdlora.api.model.ModelFamily;
import dev.sdlora.api.spi.Backend;
import dev.sdlora.api.spi.Services;
import dev.sdlora.api.value.FileNames;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A file of textual inversion (Gal et al. 2022): vectors that a text encoder reads where a prompt
 * names them, such as {@code EasyNegative}. Immutable; it holds no open file.
 */
public final class Embedding {
  private final Path path;
  private final String name;
  private final int vectors;
  private final List<Integer> widths;

  private Embedding(Builder values) {
    path = values.path;
    name = values.name;
    vectors = values.vectors;
    widths = values.widths;
  }

  /**
   * {@return a builder with what there has to be; the rest has the defaults that its setters tell}
   * {@link #open} makes an embedding from what is on disk.
   *
   * @param path the file, which is not looked at
   */
  public static Builder builder(Path path) {
    Objects.requireNonNull(path, "path");
    return new Builder(path);
  }

  /** {@return a builder that starts from this one} */
  public Builder toBuilder() {
    return new Builder(this);
  }

  /** {@return the file} */
  public Path path() {
    return path;
  }

  /** {@return what prompts write for it, without regard to upper and lower case} */
  public String name() {
    return name;
  }

  /** {@return how many tokens it takes up in a prompt, from 1 to 75} */
  public int vectors() {
    return vectors;
  }

  /** {@return how many numbers a vector has, for each text encoder that the model has} */
  public List<Integer> widths() {
    return widths;
  }

  /**
   * Opens an embedding. Its name is that of the file without the extension; of an image, the one
   * written there.
   *
   * @param path a {@code .safetensors} file or one of PyTorch ({@code .pt}, {@code .bin}) in
   *     A1111's layout, in that of diffusers, or with {@code clip_l} and {@code clip_g} for SDXL;
   *     or an image that A1111 has written one into, as a text or in the lowest bits of its pixels
   * @return the embedding
   * @throws EmbeddingException if the file is missing or holds no embedding
   * @throws TensorFileException if the file is damaged or is not a tensor file at all
   */
  public static Embedding open(Path path) {
    Objects.requireNonNull(path, "path");
    return Services.find(Backend.Embeddings.class).open(path);
  }

  /**
   * {@return the same embedding under another name}
   *
   * @param name what prompts write for it, without regard to upper and lower case
   * @throws IllegalArgumentException if the name is blank
   */
  public Embedding withName(String name) {
    return toBuilder().name(name).build();
  }

  /**
   * {@return the models that it was trained for, as far as the widths of its vectors tell} {@link
   * ModelFamily#UNKNOWN} if they are of no known text encoder.
   */
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
   * {@return A1111's short hash, which images tell under {@code TI hashes}} It is the first 12
   * hexadecimal digits, in lower case, of the SHA-256 of the file. Reads all of it, once as long as
   * its size and time stamp stay the same.
   *
   * @throws EmbeddingException if the file cannot be read any more
   */
  public String hash() {
    return Services.find(Backend.Embeddings.class).hash(path);
  }

  /** Whether the other tells the same. */
  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Embedding that && state().equals(that.state());
  }

  @Override
  public int hashCode() {
    return state().hashCode();
  }

  private List<Object> state() {
    return List.of(path, name, vectors, widths);
  }

  @Override
  public String toString() {
    return "Embedding" + state();
  }

  /** Collects what there is to tell. Not safe for use by several threads at once. */
  public static final class Builder {
    private final Path path;
    private String name;
    private int vectors = 1;
    private List<Integer> widths = List.of(768);

    private Builder(Path path) {
      this.path = path;
      this.name = FileNames.stem(path);
    }

    private Builder(Embedding values) {
      path = values.path;
      name = values.name;
      vectors = values.vectors;
      widths = values.widths;
    }

    /**
     * Sets how many tokens it takes up in a prompt.
     *
     * @param vectors from 1 to 75. Default 1
     * @return this builder
     */
    public Builder vectors(int vectors) {
      this.vectors = vectors;
      return this;
    }

    /**
     * Sets how many numbers a vector has.
     *
     * @param widths one width for each text encoder that the model has. Default 768, as SD 1.x has
     *     it
     * @return this builder
     */
    public Builder widths(List<Integer> widths) {
      Objects.requireNonNull(widths, "widths");
      this.widths = List.copyOf(widths);
      return this;
    }

    /**
     * Sets what prompts write for it, without regard to upper and lower case.
     *
     * @param name default: the file's name without its extension
     * @return this builder
     * @throws IllegalArgumentException if it is blank
     */
    public Builder name(String name) {
      Objects.requireNonNull(name, "name");
      if (name.isBlank()) {
        throw new IllegalArgumentException("name must not be blank: '" + name + "'");
      }
      this.name = name;
      return this;
    }

    /** {@return the embedding} The builder can be used further. */
    public Embedding build() {
      return new Embedding(this);
    }
  }
}
