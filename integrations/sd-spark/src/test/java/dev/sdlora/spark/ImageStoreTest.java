package dev.sdlora.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sdlora.batch.BatchException;
import dev.sdlora.batch.BatchRequest;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocalFileSystem;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests a file system that replaces files on rename, and one that refuses to. */
final class ImageStoreTest {
  @TempDir Path folder;

  /** Refuses to rename to an existing file, like HDFS. */
  public static final class Refusing extends RawLocalFileSystem {
    @Override
    public URI getUri() {
      return URI.create("refusing:///");
    }

    @Override
    public boolean rename(org.apache.hadoop.fs.Path from, org.apache.hadoop.fs.Path to)
        throws IOException {
      return !exists(to) && super.rename(from, to);
    }
  }

  private ImageStore store(String scheme, String attempt) {
    Configuration hadoop = new Configuration(false);
    hadoop.setClass("fs.refusing.impl", Refusing.class, FileSystem.class);
    hadoop.setClass("fs.file.impl", LocalFileSystem.class, FileSystem.class);
    return ImageStore.open(scheme + "://" + folder.resolve("out"), hadoop, attempt);
  }

  private static BatchRequest request(String line) {
    return BatchRequest.readLine(line.replace('\'', '"'), Optional.of("demo")).get(0);
  }

  private static byte[] png(String text) {
    return HexFormat.of()
        .parseHex(
            "89504e470d0a1a0a"
                + HexFormat.of().formatHex(text.getBytes(StandardCharsets.UTF_8))
                + "0000000049454e44ae426082");
  }

  @ParameterizedTest
  @ValueSource(strings = {"file", "refusing"})
  void write_ofTwoAttempts_keepsOnePicture_andNothingElse(String scheme) throws IOException {
    BatchRequest star = request("{'prompt': 'a star'}");
    assertThat(store(scheme, "1").read(star)).isEmpty();
    Path part = folder.resolve("out/.sd-spark/" + star.id() + ".0.part");
    Files.createDirectories(part.getParent());
    Files.write(part, new byte[] {1}); // Written by an executor that was killed.
    store(scheme, "1").write(star, png("star"));
    store(scheme, "2").write(star, png("star"));
    assertThat(store(scheme, "3").read(star)).hasValue(png("star"));
    assertThat(Path.of(URI.create(store("file", "3").uri(star)))).hasBinaryContent(png("star"));
    assertThat(folder.resolve("out/.sd-spark")).isEmptyDirectory();
    assertThat(folder.resolve("out").toFile().list()).containsOnly(star.file(), ".sd-spark");
  }

  @ParameterizedTest
  @ValueSource(strings = {"file", "refusing"})
  void read_ofAGivenId_knowsWhichSettingsThePictureHas(String scheme) {
    BatchRequest star = request("{'id': 'cover', 'prompt': 'a star'}");
    BatchRequest ring = request("{'id': 'cover', 'prompt': 'a ring'}");
    store(scheme, "1").write(star, png("star"));
    assertThat(store(scheme, "2").read(star)).hasValue(png("star"));
    assertThat(store(scheme, "2").read(ring)).isEmpty();
    store(scheme, "2").write(ring, png("ring"));
    assertThat(store(scheme, "3").read(ring)).hasValue(png("ring"));
    assertThat(store(scheme, "3").read(star)).isEmpty();
  }

  @Test
  void read_ofATornFile_isNoPicture_andWriteReplacesIt() throws IOException {
    BatchRequest star = request("{'prompt': 'a star'}");
    Path file = folder.resolve("out").resolve(star.file());
    Files.createDirectories(file.getParent());
    for (int length : new int[] {0, 5, 19, 23}) {
      Files.write(file, Arrays.copyOf(png("star"), length));
      assertThat(store("refusing", "1").read(star)).isEmpty();
    }
    store("refusing", "1").write(star, png("star"));
    assertThat(store("refusing", "1").read(star)).hasValue(png("star"));
  }

  @Test
  void folder_thatCannotBe_isNamed() throws IOException {
    Files.writeString(folder.resolve("out"), "a file");
    assertThatThrownBy(() -> store("file", "1").write(request("{'prompt': 'a star'}"), png("")))
        .isInstanceOf(BatchException.class)
        .hasMessageContaining("cannot write the image 'file:" + folder.resolve("out"));
    assertThatThrownBy(() -> ImageStore.open("nowhere://x", new Configuration(false), "1"))
        .isInstanceOf(BatchException.class)
        .hasMessageContaining("cannot use the image folder 'nowhere://x'");
  }
}
