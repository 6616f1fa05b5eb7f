package dev.sdlora.request.context;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ImageAdapterFilesTest {
  @TempDir private Path folder;

  /** Writes a PyTorch file with one tensor of one number in a dictionary inside another. */
  private Path file(String name, String outer, String inner) throws IOException {
    String pickle =
        "\u0080\u0002}"
            + text(outer)
            + "}"
            + text(inner)
            + "ctorch._utils\n_rebuild_tensor_v2\n(("
            + text("storage")
            + "ctorch\nFloatStorage\n"
            + text("0")
            + text("cpu")
            + "K\u0001tQK\0(K\u0001t(K\u0001t\u0089ccollections\nOrderedDict\n)RtRss.";
    Path file = folder.resolve(name);
    try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(file))) {
      Map<String, byte[]> entries =
          Map.of(
              "archive/data.pkl", pickle.getBytes(StandardCharsets.ISO_8859_1),
              "archive/data/0", new byte[4],
              "archive/version", "3\n".getBytes(StandardCharsets.US_ASCII));
      for (Map.Entry<String, byte[]> each : entries.entrySet()) {
        CRC32 crc = new CRC32();
        crc.update(each.getValue());
        ZipEntry entry = new ZipEntry(each.getKey());
        entry.setMethod(ZipEntry.STORED);
        entry.setSize(each.getValue().length);
        entry.setCrc(crc.getValue());
        zip.putNextEntry(entry);
        zip.write(each.getValue());
        zip.closeEntry();
      }
    }
    return file;
  }

  private static String text(String text) {
    return "X" + (char) text.length() + "\0\0\0" + text;
  }

  @Test
  void isOne_asItsHeaderSays() throws IOException {
    assertThat(ImageAdapterFiles.isOne(file("ip.bin", "ip_adapter", "1.to_k_ip.weight"))).isTrue();
    assertThat(ImageAdapterFiles.isOne(file("other.bin", "model", "weight"))).isFalse();
    Path text = Files.writeString(folder.resolve("text.bin"), "no tensors");
    assertThat(ImageAdapterFiles.isOne(text)).isFalse();
    assertThat(ImageAdapterFiles.isOne(folder.resolve("missing.bin"))).isFalse();
    assertThat(ImageAdapterFiles.isOne(folder)).isFalse();
  }

  @Test
  void isOne_fileReplaced_isReadAgain() throws IOException {
    Path file = Files.createFile(folder.resolve("ip.bin"));
    assertThat(ImageAdapterFiles.isOne(file)).isFalse();
    file("ip.bin", "ip_adapter", "1.to_k_ip.weight");
    assertThat(ImageAdapterFiles.isOne(file)).isTrue();
  }

  @Test
  void isOne_sameStamp_isNotReadAgain() throws IOException {
    Path file = file("ip.bin", "ip_adapter", "1.to_k_ip.weight");
    FileTime modified = Files.getLastModifiedTime(file);
    assertThat(ImageAdapterFiles.isOne(file)).isTrue();
    Files.write(file, new byte[(int) Files.size(file)]);
    Files.setLastModifiedTime(file, modified);
    assertThat(ImageAdapterFiles.isOne(file)).isTrue();
  }
}
