package dev.sdlora.models;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.sdlora.models.DownloadException.Reason;
import java.io.IOException;
import java.net.ProxySelector;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Downloads from Civitai and from any address. */
final class CivitaiTest {
  private static final byte[] CONTENT = HubSites.noise(50_000);
  private static final String SHA256 = HubSites.sha256(CONTENT);
  private static final byte[] PICTURE = {(byte) 0x89, 'P', 'N', 'G', 13, 10, 26, 10, 1, 2, 3};

  @TempDir Path folder;

  @SuppressWarnings("NullAway.Init")
  private Site civitai;

  @SuppressWarnings("NullAway.Init")
  private Site storage;

  @BeforeEach
  void start() throws IOException {
    civitai = new Site();
    storage = new Site();
    describe("ink.safetensors");
    civitai.page(
        "/api/v1/models/5",
        Site.text("application/json", "{\"modelVersions\": [{\"id\": 77}, {\"id\": 3}]}"));
    civitai.page(
        "/api/download/models/77",
        Site.status(307, "Location", storage.byName() + "/ink?signature=1"));
    storage.page("/ink?signature=1", Site.file(CONTENT));
    storage.page("/picture", Site.file(PICTURE));
  }

  @AfterEach
  void stop() {
    civitai.close();
    storage.close();
  }

  private void describe(String name) {
    String version =
        """
        {"id": 77, "baseModel": "SD 1.5", "trainedWords": ["ink lines"],
         "images": [{"type": "video", "url": "%1$s/video"},
                    {"type": "image", "nsfwLevel": 4, "url": "%1$s/other"},
                    {"type": "image", "nsfwLevel": 1, "url": "%1$s/picture"}],
         "files": [{"id": 8, "name": "training.zip", "type": "Training Data"},
                   {"id": 9, "name": "%2$s", "type": "Model", "primary": true,
                    "hashes": {"AutoV2": "%3$s", "SHA256": "%4$s"},
                    "downloadUrl": "%5$s/api/download/models/77"}]}
        """
            .formatted(
                storage.byName(),
                name,
                SHA256.substring(0, 10).toUpperCase(Locale.ROOT),
                SHA256.toUpperCase(Locale.ROOT),
                civitai.address());
    civitai.page("/api/v1/model-versions/77", Site.text("application/json", version));
    civitai.page(
        "/api/v1/model-versions/by-hash/" + SHA256.substring(0, 10).toUpperCase(Locale.ROOT),
        Site.text("application/json", version));
  }

  private ModelStore.Builder builder() {
    return ModelStore.builder()
        .environment(Map.of(), folder)
        .folder(folder.resolve("store"))
        .civitaiEndpoint(civitai.address())
        .proxy(ProxySelector.of(null))
        .pause(time -> {});
  }

  private DownloadException failure(String reference) {
    return catchThrowableOfType(
        DownloadException.class, () -> builder().build().get(reference, folder.resolve("loras")));
  }

  @Test
  void get_version_liesWithItsNotesWhereItIsWanted() throws IOException {
    Path loras = folder.resolve("loras");

    Path file = builder().build().get("civitai:77", loras);

    assertThat(file).isEqualTo(loras.resolve("ink.safetensors")).hasBinaryContent(CONTENT);
    assertThat(Files.readString(loras.resolve("ink.civitai.info")))
        .contains("\"baseModel\" : \"SD 1.5\"", "\"ink lines\"");
    assertThat(loras.resolve("ink.preview.png")).hasBinaryContent(PICTURE);
    try (Stream<Path> files = Files.list(loras)) {
      assertThat(files).hasSize(3);
    }
  }

  @Test
  void get_storageElsewhere_seesNoToken() {
    builder().civitaiToken("secret").build().get("civitai:77");

    assertThat(civitai.asked)
        .isNotEmpty()
        .allMatch(asked -> asked.token().equals(Optional.of("Bearer secret")));
    assertThat(storage.asked).isNotEmpty().allMatch(asked -> asked.token().isEmpty());
  }

  @Test
  void get_modelOrHash_isTheSameFile() {
    ModelStore store = builder().build();

    Path byVersion = store.get("civitai:77");

    assertThat(store.get("civitai:model:5")).isEqualTo(byVersion);
    assertThat(store.get("civitai:hash:" + SHA256.substring(0, 10))).isEqualTo(byVersion);
    assertThat(storage.asked.stream().filter(a -> a.path().startsWith("/ink"))).hasSize(1);
  }

  @Test
  void get_again_asksNobodyAndWorksOffline() {
    Path file = builder().build().get("civitai:77");
    int before = civitai.asked.size();
    ModelStore offline = builder().offline(true).build();

    assertThat(builder().build().get("civitai:77")).isEqualTo(file);
    assertThat(offline.get("civitai:77")).isEqualTo(file);
    assertThat(civitai.asked).hasSize(before);
    assertThatThrownBy(() -> offline.get("civitai:78"))
        .isInstanceOfSatisfying(
            DownloadException.class, e -> assertThat(e.reason()).isEqualTo(Reason.OFFLINE));
  }

  @Test
  void get_hashOfNoListedFile_isTold() {
    civitai.page(
        "/api/v1/model-versions/by-hash/0123456789",
        Site.text(
            "application/json",
            "{\"id\": 77, \"files\": [{\"name\": \"x\", \"hashes\": {\"AutoV2\": \"9999999999\"}}]}"));

    assertThat(failure("civitai:hash:0123456789").reason()).isEqualTo(Reason.NOT_FOUND);
    assertThat(failure("civitai:hash:0123456789ab"))
        .hasMessage("cannot get 'civitai:hash:0123456789AB': Civitai has no such file");
  }

  @Test
  void get_toldAddressThatIsWrong_triesTheFilesNumber() {
    civitai.page("/api/download/models/77", Site.status(404));
    civitai.page(
        "/api/download/models/77?fileId=9",
        Site.status(307, "Location", storage.byName() + "/ink?signature=1"));

    assertThat(builder().build().get("civitai:77")).hasBinaryContent(CONTENT);
  }

  @Test
  void get_loginPage_saysThatATokenIsNeeded() {
    civitai.page(
        "/api/download/models/77",
        Site.status(307, "Location", "/login?returnUrl=/models/5&reason=download-auth"));
    civitai.page(
        "/login?returnUrl=/models/5&reason=download-auth",
        exchange -> exchange.sendResponseHeaders(403, -1));

    DownloadException failure = failure("civitai:77");

    assertThat(failure.reason()).isEqualTo(Reason.NEEDS_TOKEN);
    assertThat(failure)
        .hasMessageContaining("it requires a token")
        .hasMessageContaining("CIVITAI_TOKEN");
    assertThat(folder.resolve("loras/ink.safetensors")).doesNotExist();
  }

  @Test
  void get_loginPageThatLooksLikeSuccess_saysThatATokenIsNeeded() {
    civitai.page("/api/download/models/77", Site.status(307, "Location", "/login"));
    civitai.page("/login", Site.text("text/html", "<!DOCTYPE html><html></html>"));

    assertThat(failure("civitai:77").reason()).isEqualTo(Reason.NEEDS_TOKEN);
  }

  @Test
  void get_errorOfAFewBytes_isRefused() {
    storage.failing(Site.text("application/octet-stream", "{\"error\": \"no\"}"));

    assertThat(failure("civitai:77").reason()).isEqualTo(Reason.WRONG_CONTENT);
    assertThat(folder.resolve("loras/ink.safetensors")).doesNotExist();
  }

  @Test
  void get_cutConnection_goesOn() {
    storage.failing(Site.cut(CONTENT, 20_000));

    assertThat(builder().build().get("civitai:77")).hasBinaryContent(CONTENT);
  }

  @Test
  void get_namesThatLeadElsewhere_stayInTheFolder() {
    describe("../../../.ssh/authorized\\u0007 keys?.safetensors");

    Path file = builder().build().get("civitai:77", folder.resolve("loras"));

    assertThat(file).isEqualTo(folder.resolve("loras/authorized_ keys_.safetensors"));
  }

  @Test
  void get_nameThatIsTaken_getsItsHashToo() throws IOException {
    Path loras = Files.createDirectory(folder.resolve("loras"));
    Path mine = Files.writeString(loras.resolve("ink.safetensors"), "mine");

    Path file = builder().build().get("civitai:77", loras);

    assertThat(mine).hasContent("mine");
    assertThat(file)
        .isEqualTo(loras.resolve("ink-" + SHA256.substring(0, 10) + ".safetensors"))
        .hasBinaryContent(CONTENT);
    assertThat(builder().build().get("civitai:77", loras)).isEqualTo(file);
  }

  @Test
  void get_notesThatAreThere_stay() throws IOException {
    Path loras = Files.createDirectory(folder.resolve("loras"));
    Path info = Files.writeString(loras.resolve("ink.civitai.info"), "{}");
    Path preview = Files.writeString(loras.resolve("ink.preview.jpg"), "mine");

    builder().build().get("civitai:77", loras);

    assertThat(info).hasContent("{}");
    assertThat(preview).hasContent("mine");
    assertThat(loras.resolve("ink.preview.png")).doesNotExist();
  }

  @Test
  void get_previewThatIsNone_isLeftOut() {
    storage.page("/picture", Site.text("text/html", "<html>"));

    assertThat(builder().build().get("civitai:77", folder.resolve("loras"))).exists();
    assertThat(folder.resolve("loras/ink.preview.png")).doesNotExist();
  }

  @Test
  void get_address_checksItsHash() {
    String address = storage.address() + "/ink?signature=1#sha256=";

    assertThat(builder().build().get(address + SHA256)).hasBinaryContent(CONTENT);
    assertThat(failure(address + "0".repeat(64)).reason()).isEqualTo(Reason.WRONG_CONTENT);
    assertThat(failure(storage.address() + "/no.pt#sha256=" + SHA256).reason())
        .isEqualTo(Reason.NOT_FOUND);
    assertThat(storage.asked).allMatch(asked -> asked.token().isEmpty());
  }

  @Test
  void get_noReference_saysWhatMayBeWritten() {
    ModelStore store = builder().build();

    for (String wrong :
        Arrays.asList(
            "hf:owner",
            "hf:owner/../x/y",
            "hf:owner/repo/../../x",
            "hf:owner/repo/a//b",
            "hf:owner/repo@..%2F..%2Fx/f",
            "hf:owner/repo/file#fp16",
            "civitai:ink",
            "civitai:hash:123",
            "https://example.com/x.safetensors",
            "http://example.com/x#sha256=" + SHA256,
            "ftp://example.com/x",
            "")) {
      assertThatThrownBy(() -> store.get(wrong))
          .as(wrong)
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageStartingWith("'" + wrong + "' is not a valid model reference: ");
    }
  }

  @Test
  void build_unsafeEndpointOrToken_isRefused() {
    assertThatThrownBy(() -> builder().hubEndpoint(URI.create("http://example.com")).build())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("expected https");
    assertThatThrownBy(() -> builder().token("a\nb"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageNotContaining("a\nb");
  }
}
