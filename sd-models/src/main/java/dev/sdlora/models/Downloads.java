package dev.sdlora.models;

import dev.sdlora.models.DownloadException.Reason;
import dev.sdlora.models.web.Answer;
import dev.sdlora.models.web.Web;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Downloads files. Partial data is kept when a connection or process ends, and the download is
 * resumed later; a file gets its final name only after its length and SHA-256 are verified. Safe
 * for use by several threads.
 */
final class Downloads {
  private static final Pattern RANGE =
      Pattern.compile("bytes (\\d{1,18})-\\d{1,18}/(\\d{1,18}|\\*)");

  private final Web web;
  private final Meter.Maker meters;

  Downloads(Web web, Meter.Maker meters) {
    this.web = web;
    this.meters = meters;
  }

  /**
   * Downloads a file unless it exists. Concurrent downloads of the same file, in any process, wait.
   *
   * @param lock the lock file
   * @param partial the path of the partial file
   * @param target the final path
   */
  void fetch(Transfer transfer, Path lock, Path partial, Path target)
      throws IOException, InterruptedException {
    if (Files.exists(target)) {
      return;
    }
    Disk.alone(
        lock,
        () -> {
          if (!Files.exists(target)) {
            try (PartialFile file = PartialFile.open(partial)) {
              if (transfer.sha256().isEmpty() && transfer.size().isEmpty()) {
                file.restart(); // Nothing could verify that the partial data belongs to this file.
              }
              fill(file, transfer);
              file.force();
            }
            try {
              Disk.makeFolderOf(target);
              Disk.publish(partial, target);
            } catch (IOException e) {
              throw Disk.unwritable(target, e);
            }
          }
        });
  }

  /** Downloads until the file is complete and verified. */
  private void fill(PartialFile file, Transfer transfer) throws IOException, InterruptedException {
    Meter meter = meters.of(transfer.name(), file.length());
    boolean continued = file.length() > 0;
    int failures = 0;
    while (true) {
      long before = file.length();
      try {
        receive(file, transfer, meter);
      } catch (Web.RedirectException e) {
        throw e;
      } catch (IOException e) {
        failures = file.length() > before ? 1 : failures + 1;
        if (failures >= web.attempts()) {
          throw e;
        }
        web.pauseAfter(failures);
        continued = true;
        continue;
      }
      Optional<String> wrong = wrong(file, transfer);
      if (wrong.isEmpty()) {
        meter.finish(file.length());
        return;
      }
      file.restart();
      if (!continued) {
        throw new DownloadException(
            Reason.WRONG_CONTENT, "'" + transfer.name() + "' was rejected: " + wrong.get());
      }
      // Earlier partial data may have belonged to another file, so try once from the start.
      continued = false;
    }
  }

  /** The defect of a completely downloaded file; empty if it has none. */
  private static Optional<String> wrong(PartialFile file, Transfer transfer) {
    if (transfer.sha256().isEmpty()) {
      return file.isProbablyAPage() && !isPage(transfer.name())
          ? Optional.of("the site sent a web page instead")
          : Optional.empty();
    }
    String found = file.sha256();
    return found.equals(transfer.sha256().get())
        ? Optional.empty()
        : Optional.of(
            "its SHA-256 is %s, expected %s; it was changed in transit or at its source"
                .formatted(found, transfer.sha256().get()));
  }

  /** Reads one response to its end. */
  private void receive(PartialFile file, Transfer transfer, Meter meter)
      throws IOException, InterruptedException {
    OptionalLong size = transfer.size();
    if (size.isPresent() && file.length() > size.getAsLong()) {
      file.restart();
    }
    if (size.isPresent() && file.length() == size.getAsLong() && file.length() > 0) {
      return;
    }
    Map<String, String> range =
        file.length() > 0 ? Map.of("Range", "bytes=" + file.length() + "-") : Map.of();
    try (Answer answer =
        web.ask(new Web.Question("GET", transfer.address(), transfer.token(), range, true))) {
      if (answer.status() == Answer.UNSATISFIABLE_RANGE && file.length() > 0) {
        // Either the file is complete, as its hash will show, or the partial data is useless.
        if (!isWhole(file, transfer, answer)) {
          file.restart();
          throw new IOException("the local partial file is already as long as the remote file");
        }
        return;
      }
      long total = total(file, transfer, answer);
      for (Optional<List<ByteBuffer>> piece = answer.body().next();
          piece.isPresent();
          piece = answer.body().next()) {
        for (ByteBuffer bytes : piece.get()) {
          if (total >= 0 && file.length() + bytes.remaining() > total) {
            file.restart();
            throw new IOException("the site sent more than the expected " + total + " bytes");
          }
          file.append(bytes);
        }
        meter.show(file.length(), total);
      }
      if (total >= 0 && file.length() < total) {
        throw new IOException(
            "the connection ended at " + file.length() + " of " + total + " bytes");
      }
    }
  }

  private static boolean isWhole(PartialFile file, Transfer transfer, Answer answer) {
    return transfer.sha256().map(file.sha256()::equals).orElse(false)
        || answer.header("Content-Range").equals(Optional.of("bytes */" + file.length()));
  }

  /**
   * Checks the headers, makes the partial file end where the response begins, and returns the total
   * length or -1.
   */
  private static long total(PartialFile file, Transfer transfer, Answer answer) throws IOException {
    long start = 0;
    if (answer.status() == Answer.PARTIAL) {
      Matcher range = RANGE.matcher(answer.header("Content-Range").orElse(""));
      if (!range.matches() || Long.parseLong(range.group(1)) != file.length()) {
        file.restart();
        throw new IOException("the site sent another part of the file than requested");
      }
      start = file.length();
    } else if (answer.status() != Answer.OK || answer.isLogin()) {
      throw transfer.refusal().apply(answer);
    }
    boolean page = answer.type().equals("text/html") && !isPage(transfer.name());
    boolean data = answer.type().equals("application/json") && !transfer.name().endsWith(".json");
    if (page || data) {
      throw new DownloadException(
          Reason.WRONG_CONTENT,
          "'%s' was rejected: %s sent %s (%s) instead of the file; it may require you to sign in"
              .formatted(
                  transfer.name(),
                  answer.address().getHost(),
                  page ? "a web page" : "a message",
                  answer.type()));
    }
    OptionalLong length = answer.length();
    if (length.isPresent()
        && transfer.size().isPresent()
        && start + length.getAsLong() != transfer.size().getAsLong()) {
      throw new DownloadException(
          Reason.WRONG_CONTENT,
          "'%s' was rejected: %s offers a file of %s bytes, expected %s"
              .formatted(
                  transfer.name(),
                  answer.address().getHost(),
                  start + length.getAsLong(),
                  transfer.size().getAsLong()));
    }
    if (start == 0 && file.length() > 0) {
      file.restart();
    }
    return length.isPresent() ? start + length.getAsLong() : transfer.size().orElse(-1);
  }

  private static boolean isPage(String name) {
    return name.endsWith(".html") || name.endsWith(".htm");
  }
}
