package dev.sdlora.models;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.sdlora.models.web.Answer;
import dev.sdlora.models.web.UrlOrigin;
import dev.sdlora.models.web.Web;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ProxySelector;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RedirectTest {
  private final List<Duration> pauses = new CopyOnWriteArrayList<>();
  private Site site;

  @TempDir private Path folder;

  @BeforeEach
  void open() throws IOException {
    site = new Site();
  }

  @AfterEach
  void close() {
    site.close();
  }

  /** Simulates a public site by using the local site as a proxy. */
  private Answer askPublicSite() throws IOException, InterruptedException {
    ProxySelector proxy =
        ProxySelector.of(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), site.address().getPort()));
    URI address = URI.create("http://models.example/x");
    return new Web(proxy, pauses::add).ask(Web.Question.get(address, Optional.empty()));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://localhost:9/secret",
        "http://127.0.0.1:9/secret",
        "http://LOCALHOST.:9/secret",
        "http://a.localhost:9/secret",
        "http://[::1]:9/secret",
        "https://localhost:9/secret",
        "https://127.0.0.1:9/secret",
        "https://0.0.0.0:9/secret",
      })
  void ask_publicSiteThatRedirectsToThisMachine_isRefusedAtOnce(String target) {
    site.page("http://models.example/x", Site.status(302, "Location", target));
    site.page("/x", Site.status(302, "Location", target));

    assertThatThrownBy(this::askPublicSite)
        .isInstanceOf(Web.RedirectException.class)
        .hasMessage("models.example redirects to '%s', which is on this machine", target);
    assertThat(site.asked).hasSize(1);
    assertThat(pauses).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "http://localhost:1/a, http://127.0.0.1:2/b, true",
    "http://localhost:1/a, https://models.example/b, true",
    "https://models.example/a, https://cdn.example/b, true",
    "https://models.example/a, http://cdn.example/b, false",
    "https://models.example/a, http://localhost/b, false",
    "https://models.example/a, https://localhost/b, false",
    "https://models.example/a, file:///etc/passwd, false",
    "https://localhost.example/a, https://notlocalhost/b, true",
  })
  void mayLeadTo_twoSites_onlyLocalSitesLeadToThisMachine(URI from, URI to, boolean expected) {
    assertThat(UrlOrigin.mayLeadTo(from, to)).isEqualTo(expected);
  }

  @Test
  void get_circleOfRedirects_endsAtOnceWithASentence() {
    site.page("/a", Site.status(302, "Location", "/b"));
    site.page("/b", Site.status(302, "Location", "/a"));
    ModelStore store =
        ModelStore.builder()
            .environment(Map.of(), folder)
            .folder(folder.resolve("store"))
            .proxy(ProxySelector.of(null))
            .pause(pauses::add)
            .build();

    String reference = site.address() + "/a#sha256=" + "0".repeat(64);
    DownloadException failure =
        catchThrowableOfType(DownloadException.class, () -> store.get(reference, folder));

    assertThat(failure.reason()).isEqualTo(DownloadException.Reason.CONNECTION);
    assertThat(failure)
        .hasMessageStartingWith("cannot get '" + site.address() + "/a")
        .hasMessageEndingWith(": 127.0.0.1 redirects more than 10 times, probably in a loop");
    assertThat(pauses).isEmpty();
    assertThat(site.asked).hasSizeLessThanOrEqualTo(20);
  }
}
