package dev.sdlora.tensorkit;

import dev.sdlora.tensors.entry.TensorEntry;
import dev.sdlora.tensors.file.TensorFile;
import dev.sdlora.tensors.number.DType;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** Writes a checkpoint like PyTorch Lightning: a dictionary with training state and the weights. */
public final class TorchWriter {
  private final ByteArrayOutputStream pickle = new ByteArrayOutputStream();

  private TorchWriter() {}

  /** Writes the tensors of a file as a {@code .ckpt} file. */
  public static void write(TensorFile source, Path target) throws IOException {
    TorchWriter writer = new TorchWriter();
    try (TensorFile.Reader reader = source.reader();
        ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(target))) {
      writer.bookkeeping();
      writer.text("state_dict").code("ccollections\nOrderedDict\n)R(");
      int key = 0;
      for (TensorEntry entry : source.tensors().values()) {
        store(zip, "archive/data/" + key, reader.bytes(entry).array());
        writer.text(entry.name()).tensor(entry, Integer.toString(key++));
      }
      // The items of the weights, their version, and the items of the outer dictionary.
      writer.code("u}").text("_metadata").code("}sbu.");
      store(zip, "archive/data.pkl", writer.pickle.toByteArray());
      store(zip, "archive/version", "3\n".getBytes(StandardCharsets.US_ASCII));
    }
  }

  private static void store(ZipOutputStream zip, String name, byte[] content) throws IOException {
    CRC32 crc = new CRC32();
    crc.update(content);
    ZipEntry entry = new ZipEntry(name);
    entry.setMethod(ZipEntry.STORED);
    entry.setSize(content.length);
    entry.setCrc(crc.getValue());
    zip.putNextEntry(entry);
    zip.write(content);
    zip.closeEntry();
  }

  private void bookkeeping() {
    code("\u0080\u0002}(").text("epoch").number(3);
    text("callbacks")
        .code("}cpytorch_lightning.callbacks.model_checkpoint\nModelCheckpoint\n}")
        .text("best_model_score")
        .code("cnumpy.core.multiarray\nscalar\n)Rss");
  }

  private TorchWriter tensor(TensorEntry entry, String key) {
    String type =
        entry.dtype() == DType.F16 ? "Half" : entry.dtype() == DType.I64 ? "Long" : "Float";
    code("ctorch._utils\n_rebuild_tensor_v2\n((").text("storage");
    code("ctorch\n" + type + "Storage\n").text(key).text("cpu").number(entry.elements());
    code("tQ").number(0).code("(");
    entry.shape().forEach(this::number);
    code("t(");
    long stride = entry.elements();
    for (long size : entry.shape()) {
      stride /= size;
      number(stride);
    }
    return code("t\u0089ccollections\nOrderedDict\n)RtR");
  }

  private TorchWriter code(String latin1) {
    pickle.writeBytes(latin1.getBytes(StandardCharsets.ISO_8859_1));
    return this;
  }

  private TorchWriter text(String text) {
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    code("X").int32(utf8.length);
    pickle.writeBytes(utf8);
    return this;
  }

  private TorchWriter number(long value) {
    return code("J").int32(Math.toIntExact(value));
  }

  private TorchWriter int32(int value) {
    pickle.writeBytes(ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(value).array());
    return this;
  }
}
