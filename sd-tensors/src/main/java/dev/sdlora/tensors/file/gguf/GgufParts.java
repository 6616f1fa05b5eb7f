package dev.sdlora.tensors.file.gguf;

import dev.sdlora.tensors.entry.QuantisedTensor;
import dev.sdlora.tensors.entry.QuantisedTensors;
import dev.sdlora.tensors.entry.TensorContents;
import dev.sdlora.tensors.entry.TensorEntry;
import dev.sdlora.tensors.io.Cancellation;
import dev.sdlora.tensors.io.Channels;
import dev.sdlora.tensors.io.FileStamp;
import dev.sdlora.tensors.io.ForeignFiles;
import dev.sdlora.tensors.io.TensorFileErrors;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A GGUF file, or all parts of one that llama.cpp's gguf-split or gguf-py has split. The parts are
 * in one folder, with names that end in {@code -00001-of-00003.gguf}. The keys {@code split.no}
 * (from 0) and {@code split.count} of each say the same, and {@code split.tensors.count} is the
 * number of tensors in all. Only the first has the metadata of the model, and with them the shapes
 * of flattened tensors.
 *
 * @param stamps the files, in their order
 * @param size their size in bytes
 * @param shown their tensors, at places in all files one after the other
 */
public record GgufParts(List<FileStamp> stamps, long size, QuantisedTensors.Shown shown) {
  /** The beginning of keys that describe the parts. */
  public static final String KEYS = "split.";

  private static final String NUMBER = KEYS + "no";
  private static final String COUNT = KEYS + "count";
  private static final String TENSORS = KEYS + "tensors.count";

  /** Far more than any model has; parts usually have gigabytes. */
  private static final int MAX_PARTS = 1000;

  private static final Pattern NAME =
      Pattern.compile("(.*)-\\d{5}-of-\\d{5}(\\.gguf)", Pattern.CASE_INSENSITIVE | Pattern.DOTALL);

  /** Copies the list. */
  public GgufParts {
    stamps = List.copyOf(stamps);
  }

  /**
   * Reads and checks the header of a file, and those of all its other parts.
   *
   * @param path a GGUF file, any part of a split one
   * @throws dev.sdlora.api.error.TensorFileException if a header is damaged, or a part is missing
   *     or belongs to another file
   */
  public static GgufParts open(Path path) throws IOException {
    Part opened = part(path, GgufMetadata.MAX_HEADER);
    int count = number(opened, COUNT, 1);
    if (count < 2) {
      return new GgufParts(
          List.of(opened.stamp()),
          opened.size(),
          shown(opened.header().contents(0, opened.header().shapes()), opened.size()));
    }
    int number = number(opened, NUMBER, -1);
    if (number < 0 || number >= count || count > MAX_PARTS) {
      throw TensorFileErrors.error(
          path,
          "is damaged: it says that it is part %s of %s, counted from 0; expected at most %s parts"
              .formatted(number, count, MAX_PARTS));
    }
    return joined(all(opened, number, count));
  }

  /** A file whose header has been read. */
  private record Part(Path path, GgufParser header, FileStamp stamp, long size) {}

  /**
   * Reads the header of a file.
   *
   * @param most the maximum length of the header in bytes
   */
  private static Part part(Path path, int most) throws IOException {
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
      GgufParser header = GgufParser.read(path, channel, channel.size(), most);
      FileStamp stamp =
          new FileStamp(path, channel, Files.getLastModifiedTime(path), (int) header.headLength());
      return new Part(path, header, stamp, channel.size());
    }
  }

  private static List<Part> all(Part opened, int number, int count) {
    Path path = opened.path();
    String ending = ending(number, count);
    String name = String.valueOf(path.getFileName());
    Matcher matcher = NAME.matcher(name);
    if (!matcher.matches() || !name.toLowerCase(Locale.ROOT).endsWith(ending)) {
      throw TensorFileErrors.error(
          path,
          "is part %s of %s of a split GGUF file, but its name does not end in '%s', so the others cannot be found; it was probably renamed"
              .formatted(number + 1, count, ending));
    }
    List<Part> parts = new ArrayList<>();
    long headers = opened.header().headLength();
    for (int i = 0; i < count; i++) {
      Cancellation.check();
      if (i == number) {
        parts.add(opened);
        continue;
      }
      String stem = matcher.group(1) + ending(i, count).replace(".gguf", matcher.group(2));
      Part part = other(opened, path.resolveSibling(stem), i, count, headers);
      headers += part.header().headLength();
      parts.add(part);
    }
    return parts;
  }

  private static String ending(int number, int count) {
    return String.format(Locale.ROOT, "-%05d-of-%05d.gguf", number + 1, count);
  }

  private static Part other(Part opened, Path path, int number, int count, long headers) {
    Part part;
    try {
      if (!Files.isRegularFile(path)) {
        throw new NoSuchFileException(path.toString());
      }
      try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
        byte[] start = new byte[(int) Math.min(channel.size(), ForeignFiles.PREFIX_BYTES)];
        Channels.readFully(channel, ByteBuffer.wrap(start), 0);
        if (!ForeignFiles.isGguf(start)) {
          throw TensorFileErrors.error(
              path, "is not a GGUF file, expected part %s of %s".formatted(number + 1, count));
        }
      }
      part = part(path, (int) Math.max(0, GgufMetadata.MAX_HEADER - headers));
    } catch (NoSuchFileException e) {
      throw TensorFileErrors.error(
          opened.path(),
          "is one of %s parts, and part %s, '%s', is missing; all parts must be in one folder"
              .formatted(count, number + 1, path),
          e);
    } catch (IOException e) {
      throw TensorFileErrors.ioError(path, "cannot be read", e);
    }
    if (number(part, NUMBER, -1) != number || number(part, COUNT, 1) != count) {
      throw TensorFileErrors.error(
          path,
          "is part %s of %s by its name, but its header says part %s of %s; the parts are probably of two models"
              .formatted(number + 1, count, number(part, NUMBER, -1) + 1, number(part, COUNT, 1)));
    }
    return part;
  }

  private static int number(Part part, String key, int otherwise) {
    String value = part.header().metadata().get(key);
    if (value == null) {
      return otherwise;
    }
    if (!value.matches("\\d{1,9}")) {
      throw TensorFileErrors.error(
          part.path(),
          "is damaged: metadata '%s' is '%s', expected a number".formatted(key, value));
    }
    return Integer.parseInt(value);
  }

  private static GgufParts joined(List<Part> parts) {
    Map<String, List<Long>> shapes = new HashMap<>();
    Map<String, String> metadata = new LinkedHashMap<>();
    for (Part part : parts) {
      part.header().shapes().forEach(shapes::putIfAbsent);
      part.header().metadata().forEach(metadata::putIfAbsent);
    }
    metadata.keySet().removeIf(key -> key.startsWith(KEYS));
    Map<String, TensorEntry> tensors = new LinkedHashMap<>();
    List<QuantisedTensor> quantised = new ArrayList<>();
    long begin = 0;
    for (Part part : parts) {
      GgufParser.Contents some = part.header().contents(begin, shapes);
      some.tensors()
          .forEach(
              (name, entry) -> {
                if (tensors.putIfAbsent(name, entry) != null) {
                  throw TensorFileErrors.tensorError(
                      part.path(),
                      name,
                      "has tensor '%s', which another part has as well; the parts are probably of two models"
                          .formatted(name));
                }
              });
      quantised.addAll(some.quantised());
      begin = Math.addExact(begin, part.size());
    }
    requireCount(parts.get(0), tensors.size());
    GgufParser first = parts.get(0).header();
    return new GgufParts(
        parts.stream().map(Part::stamp).toList(),
        begin,
        shown(
            new GgufParser.Contents(
                first.dataStart(), metadata, tensors, quantised, (int) first.headLength()),
            begin));
  }

  /** Replaces the tensors that are stored in blocks by their values. */
  private static QuantisedTensors.Shown shown(GgufParser.Contents stored, long size) {
    TensorContents contents =
        new TensorContents(
            stored.dataStart(),
            stored.metadata(),
            Map.of(),
            stored.tensors(),
            Map.of(),
            stored.headLength());
    return QuantisedTensors.show(contents, size, stored.quantised(), Set.of());
  }

  private static void requireCount(Part first, int found) {
    int expected = number(first, TENSORS, found);
    if (found != expected || found > TensorContents.MAX_TENSORS) {
      throw TensorFileErrors.error(
          first.path(),
          "says that its parts have %s tensors in all, but they have %s, expected at most %s; the parts are probably of two models"
              .formatted(expected, found, TensorContents.MAX_TENSORS));
    }
  }
}
