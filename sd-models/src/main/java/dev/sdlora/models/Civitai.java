package dev.sdlora.models;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sdlora.models.DownloadException.Reason;
import dev.sdlora.models.web.Answer;
import dev.sdlora.models.web.UrlOrigin;
import dev.sdlora.models.web.Web;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Downloads files from Civitai, together with Civitai's information about them. Safe for use by
 * several threads.
 */
final class Civitai {
  private static final String MODEL = "Model";

  private final Web web;
  private final Downloads downloads;
  private final StoreSettings settings;

  Civitai(Web web, Downloads downloads, StoreSettings settings) {
    this.web = web;
    this.downloads = downloads;
    this.settings = settings;
  }

  /**
   * Downloads the file of a version.
   *
   * @param folder the target folder; empty for a folder of the store, in which the file is found
   *     the next time without a request
   */
  Path get(Reference reference, Optional<Path> folder) throws IOException, InterruptedException {
    if (settings.offline()) {
      return here(reference)
          .orElseThrow(
              () ->
                  new DownloadException(
                      Reason.OFFLINE,
                      "'%s' is not in '%s', and the store is offline"
                          .formatted(reference, settings.folder())));
    }
    Optional<Path> known = folder.isEmpty() ? here(reference) : Optional.empty();
    if (known.isPresent()) {
      return known.get();
    }
    JsonNode version = version(reference);
    long id = version.path("id").asLong();
    JsonNode file = file(reference, version);
    String name = SafeNames.name(file.path("name").asText(), "civitai-" + id + ".safetensors");
    Optional<String> sha256 =
        Optional.of(file.path("hashes").path("SHA256").asText().toLowerCase(Locale.ROOT))
            .filter(hash -> hash.matches("[0-9a-f]{64}"));
    DownloadPaths places =
        DownloadPaths.of(settings, folder.orElseGet(() -> versionFolder(id)), name, sha256);
    download(reference, id, file, sha256, places);
    CivitaiNotes.write(web, URI.create(settings.civitaiEndpoint()), version, places.target());
    if (folder.isEmpty()) {
      note(reference, places.target());
    }
    return places.target();
  }

  private Path civitaiFolder() {
    return settings.folder().resolve("civitai");
  }

  private Path versionFolder(long id) {
    return civitaiFolder().resolve(String.valueOf(id));
  }

  /** The file of a reference that was requested before and cannot have changed its meaning. */
  private Optional<Path> here(Reference reference) {
    if (reference instanceof Reference.CivitaiModel && !settings.offline()) {
      return Optional.empty(); // There may be a newer version.
    }
    try {
      Path file = civitaiFolder().resolve(Files.readString(noteOf(reference)).strip());
      return Optional.of(file).filter(Files::isRegularFile);
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  private void note(Reference reference, Path file) {
    String path = civitaiFolder().relativize(file).toString();
    Disk.write(noteOf(reference), path.getBytes(StandardCharsets.UTF_8));
  }

  private Path noteOf(Reference reference) {
    return civitaiFolder()
        .resolve("asked")
        .resolve(reference.toString().replace(':', '-').toLowerCase(Locale.ROOT));
  }

  private JsonNode version(Reference reference) throws IOException, InterruptedException {
    if (reference instanceof Reference.CivitaiVersion version) {
      return ask(reference, "/api/v1/model-versions/" + version.id());
    }
    if (reference instanceof Reference.CivitaiHash hash) {
      return ask(reference, "/api/v1/model-versions/by-hash/" + hash.hash());
    }
    Reference.CivitaiModel model = (Reference.CivitaiModel) reference;
    JsonNode newest =
        ask(reference, "/api/v1/models/" + model.id()).path("modelVersions").path(0).path("id");
    if (!newest.canConvertToLong()) {
      throw error(Reason.NOT_FOUND, reference, "the model has no published version");
    }
    return ask(reference, "/api/v1/model-versions/" + newest.asLong());
  }

  private JsonNode ask(Reference reference, String path) throws IOException, InterruptedException {
    URI address = URI.create(settings.civitaiEndpoint() + path);
    try (Answer answer = web.ask(Web.Question.get(address, settings.civitaiToken()))) {
      if (answer.status() != Answer.OK) {
        throw refusal(reference, answer);
      }
      return SiteJson.of(answer, "the description of '" + reference + "'");
    }
  }

  /** The file with the requested hash, or the main file; safetensors files are preferred. */
  private static JsonNode file(Reference reference, JsonNode version) {
    List<JsonNode> files = new ArrayList<>();
    version.path("files").forEach(files::add);
    if (reference instanceof Reference.CivitaiHash wanted) {
      files.removeIf(
          file ->
              file.path("hashes").properties().stream()
                  .noneMatch(hash -> wanted.hash().equalsIgnoreCase(hash.getValue().asText())));
    }
    return files.stream()
        .min(
            Comparator.<JsonNode, Boolean>comparing(file -> !isModel(file))
                .thenComparing(file -> !isSafetensors(file))
                .thenComparing(file -> !file.path("primary").asBoolean()))
        .orElseThrow(
            () ->
                error(
                    Reason.NOT_FOUND,
                    reference,
                    "Civitai lists no matching file for this version"));
  }

  private static boolean isModel(JsonNode file) {
    return file.path("type").asText(MODEL).contains(MODEL);
  }

  private static boolean isSafetensors(JsonNode file) {
    return file.path("name").asText().endsWith(".safetensors");
  }

  private void download(
      Reference reference,
      long version,
      JsonNode file,
      Optional<String> sha256,
      DownloadPaths places)
      throws IOException, InterruptedException {
    String byVersion = settings.civitaiEndpoint() + "/api/download/models/" + version;
    Optional<URI> url = address(file.path("downloadUrl").asText(), URI.create(byVersion));
    try {
      fetch(reference, url.orElse(URI.create(byVersion)), sha256, places);
    } catch (DownloadException e) {
      // The address in the description is sometimes wrong, while the one with the file's id works.
      if (e.reason() != Reason.NOT_FOUND || !file.path("id").canConvertToLong()) {
        throw e;
      }
      URI byFile = URI.create(byVersion + "?fileId=" + file.path("id").asLong());
      fetch(reference, byFile, sha256, places);
    }
  }

  private static Optional<URI> address(String url, URI site) {
    try {
      return Optional.of(URI.create(url)).filter(to -> UrlOrigin.mayLeadTo(site, to));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private void fetch(
      Reference reference, URI address, Optional<String> sha256, DownloadPaths places)
      throws IOException, InterruptedException {
    Transfer transfer =
        new Transfer(
            String.valueOf(places.target().getFileName()),
            address,
            settings.civitaiToken(),
            OptionalLong.empty(),
            sha256,
            answer -> refusal(reference, answer));
    places.fetch(downloads, transfer);
  }

  private DownloadException refusal(Reference reference, Answer answer) {
    if (answer.isLogin()
        || List.of(Answer.UNAUTHORIZED, Answer.FORBIDDEN).contains(answer.status())) {
      return error(
          Reason.NEEDS_TOKEN,
          reference,
          settings.civitaiToken().isPresent()
              ? "the owner of the Civitai token has no access to it"
              : "it requires a token: create one in the account settings of Civitai and set"
                  + " CIVITAI_TOKEN to it");
    }
    return switch (answer.status()) {
      case Answer.NOT_FOUND -> error(Reason.NOT_FOUND, reference, "Civitai has no such file");
      case Answer.TOO_MANY_REQUESTS -> HubErrors.busy(answer, reference.toString());
      default ->
          error(
              Reason.CONNECTION,
              reference,
              "%s answers %s".formatted(answer.address().getHost(), answer.status()));
    };
  }

  private static DownloadException error(Reason reason, Reference reference, String why) {
    return new DownloadException(reason, "cannot get '" + reference + "': " + why);
  }
}
