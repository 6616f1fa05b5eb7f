package dev.sdlora.tensors.folder;

import dev.sdlora.api.error.TensorFileException;
import dev.sdlora.tensors.file.FileHashes;
import dev.sdlora.tensors.file.TensorFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds files by their hashes, whatever they are called. A hash is any that A1111 and model sites
 * write: AutoV1 (8 hex digits), AutoV2 (10), AutoV3 (12) or a whole SHA-256, with or without {@code
 * 0x} and in any case. What costs nothing is looked at first: hashes that are known, those in the
 * metadata of files, and the notes that download tools leave beside them. Only then are files read,
 * one after another until it is found, and what they are is remembered: in memory, and on disk
 * where that can be written. Safe for use by several threads.
 */
public final class HashIndex {
  private static final Logger LOG = LoggerFactory.getLogger(HashIndex.class);
  private static final Pattern HASH = Pattern.compile("(?:0x)?([0-9a-f]{8,64})");
  private static final int LEGACY_DIGITS = 8;
  private static final int AUTO_V3_DIGITS = 12;

  /** The longest note beside a file that is looked into. */
  private static final int MAX_NOTE = 1 << 20;

  private static final List<String> NOTES = List.of(".civitai.info", ".json", ".sha256");

  private static final HashIndex OF_PROCESS = new HashIndex(HashList.ofUser());

  private final HashList list;

  private final FileCache<String> recorded = new FileCache<>(1 << 16);

  /** What is known; the list has the same of files that are worth it. */
  private final Map<Path, Entry> known = new HashMap<>();

  /**
   * What is known of a file.
   *
   * @param stamp by which it is taken to be the same
   */
  record Entry(Stamp stamp, FileHashes.Whole hashes) {}

  /** An index that is kept in a file. */
  HashIndex(HashList list) {
    this.list = list;
  }

  /** The one that all of the process share. */
  public static HashIndex ofProcess() {
    return OF_PROCESS;
  }

  /**
   * The first of some files that a hash belongs to. Files that cannot be read are passed over.
   *
   * @param hash as somebody wrote it; what is none belongs to no file
   * @param files to choose from, likely ones first
   * @throws dev.sdlora.api.error.GenerationCancelledException as {@code Cancellation.check}
   */
  public Optional<Path> find(String hash, List<Path> files) {
    Optional<String> digits = digits(hash);
    if (digits.isEmpty()) {
      return Optional.empty();
    }
    String wanted = digits.get();
    if (wanted.length() == LEGACY_DIGITS) {
      return files.stream()
          .filter(file -> FolderReading.attempt(() -> legacy(wanted, file), p -> false))
          .findFirst();
    }
    Optional<Path> cheap =
        files.stream()
            .filter(file -> known(file).map(hashes -> hashes.matches(wanted)).orElse(false))
            .findFirst()
            .or(() -> files.stream().filter(file -> isRecorded(wanted, file)).findFirst());
    return cheap.isPresent() ? cheap : reading(wanted, files);
  }

  /** Whether a hash is that of a file; false for one that cannot be read. */
  public boolean matches(String hash, Path file) {
    return find(hash, List.of(file)).isPresent();
  }

  /**
   * The SHA-256 of a whole file, 64 hex digits in lower case. A file that this or another process
   * has hashed is not read again as long as its size and time stamp are the same.
   *
   * @throws TensorFileException if the file cannot be read
   * @throws dev.sdlora.api.error.GenerationCancelledException as {@code Cancellation.check}
   */
  public String sha256(Path file) {
    Optional<FileHashes.Whole> before = known(file);
    if (before.isPresent()) {
      return before.get().sha256();
    }
    FileHashes.Whole hashes =
        remembered(file, path -> new FileHashes.Whole(FileHashes.sha256(path), Optional.empty()));
    list.save();
    return hashes.sha256();
  }

  /** The first 10 digits of {@link #sha256}, by which A1111 knows checkpoints. */
  public String autoV2(Path file) {
    return sha256(file).substring(0, 10);
  }

  /** The digits of a hash in lower case; empty if it is none. */
  public static Optional<String> digits(String hash) {
    Matcher digits = HASH.matcher(hash.strip().toLowerCase(Locale.ROOT));
    return digits.matches() ? Optional.of(digits.group(1)) : Optional.empty();
  }

  private static boolean legacy(String wanted, Path file) {
    return FileHashes.legacy(file).equals(wanted);
  }

  private Optional<Path> reading(String wanted, List<Path> files) {
    List<Path> likely = new ArrayList<>(files);
    likely.removeIf(file -> known(file).map(hashes -> hashes.decide(wanted)).orElse(false));
    Map<Path, Boolean> noted = new HashMap<>();
    likely.forEach(file -> noted.put(file, isNoted(wanted, file)));
    likely.sort(Comparator.comparing(file -> !noted.getOrDefault(file, false)));
    try {
      return likely.stream()
          .filter(file -> hashes(file).map(hashes -> hashes.matches(wanted)).orElse(false))
          .findFirst();
    } finally {
      list.save();
    }
  }

  /** What is known of a file as it is now, without reading it. */
  private Optional<FileHashes.Whole> known(Path file) {
    Path path = file.toAbsolutePath();
    return stamp(file).flatMap(stamp -> known(path, stamp));
  }

  private synchronized Optional<FileHashes.Whole> known(Path path, Stamp stamp) {
    return Optional.ofNullable(known.get(path))
        .or(() -> list.get(path))
        .filter(entry -> isSame(entry.stamp(), stamp))
        .map(Entry::hashes);
  }

  /** The list has time stamps in milliseconds. */
  private static boolean isSame(Stamp then, Stamp now) {
    return then.size() == now.size() && then.modified().toMillis() == now.modified().toMillis();
  }

  private Optional<FileHashes.Whole> hashes(Path file) {
    Optional<FileHashes.Whole> before = known(file).filter(hashes -> hashes.data().isPresent());
    if (before.isPresent()) {
      return before;
    }
    try {
      return Optional.of(remembered(file, FileHashes::whole));
    } catch (TensorFileException e) {
      LOG.debug("'{}' cannot be hashed", file, e);
      return Optional.empty();
    }
  }

  private FileHashes.Whole remembered(Path file, Function<Path, FileHashes.Whole> read) {
    Optional<Stamp> stamp = stamp(file);
    FileHashes.Whole hashes = read.apply(file);
    // Whoever writes it at this moment gets it hashed again.
    stamp
        .filter(before -> stamp(file).filter(before::equals).isPresent())
        .ifPresent(same -> keep(file.toAbsolutePath(), new Entry(same, hashes)));
    return hashes;
  }

  private static Optional<Stamp> stamp(Path file) {
    try {
      return Optional.of(Stamp.of(file));
    } catch (IOException e) {
      return Optional.empty(); // gone, or not to be read
    }
  }

  private synchronized void keep(Path file, Entry entry) {
    known.put(file, entry);
    list.put(file, entry);
  }

  /** Whether the trainer wrote the hash of the data into the file. */
  private boolean isRecorded(String wanted, Path file) {
    return wanted.length() >= AUTO_V3_DIGITS
        && file.toString().toLowerCase(Locale.ROOT).endsWith(".safetensors")
        && recorded(file).startsWith(wanted);
  }

  private String recorded(Path file) {
    return stamp(file)
        .map(
            stamp ->
                recorded
                    .find(file, stamp)
                    .orElseGet(() -> recorded.keep(file, stamp, readRecorded(file))))
        .orElse("");
  }

  private static String readRecorded(Path file) {
    return FolderReading.attempt(
        () ->
            TensorFile.open(file)
                .metadata()
                .getOrDefault("sshs_model_hash", "")
                .toLowerCase(Locale.ROOT),
        problem -> "");
  }

  /** Whether a note beside a file tells the hash, which is a reason to look at it first. */
  private static boolean isNoted(String wanted, Path file) {
    for (String ending : NOTES) {
      Path note = file.resolveSibling(FolderTree.stem(file) + ending);
      try {
        if (Files.isRegularFile(note) && Files.size(note) <= MAX_NOTE) {
          String text = new String(Files.readAllBytes(note), StandardCharsets.ISO_8859_1);
          if (text.toLowerCase(Locale.ROOT).contains(wanted)) {
            return true;
          }
        }
      } catch (IOException e) {
        LOG.debug("'{}' cannot be read", note, e);
      }
    }
    return false;
  }
}
