package dev.sdlora.server.transport;

import static java.util.stream.Collectors.joining;

import dev.sdlora.server.http.PublicAddress;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.QuotedCSV;
import org.eclipse.jetty.server.ForwardedRequestCustomizer;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.util.HostPort;
import org.eclipse.jetty.util.InetAddressPattern;

/**
 * Takes scheme, host and client address from {@code X-Forwarded-…} or from {@code Forwarded} (RFC
 * 7239), whichever the proxies set, if a request comes from a trusted proxy; ignores the other
 * kind, which clients may have sent. Takes from {@code X-Forwarded-Prefix} the path that the proxy
 * removed; that of several proxies is joined, the outermost first. If several clients are listed,
 * the last one that is not a trusted proxy counts, because clients can prepend anything to these
 * lists.
 */
public final class TrustedProxies implements HttpConfiguration.Customizer {
  private static final Pattern LITERAL = Pattern.compile("[0-9.]+|[0-9a-fA-F.]*:[0-9a-fA-F.:]*");
  private static final Pattern FOR = Pattern.compile("(?i)(?:^|;)\\s*for\\s*=\\s*\"?([^\";]+)");

  private static final Pattern PREFIX = Pattern.compile("(/[A-Za-z0-9_~-][A-Za-z0-9._~-]*)+");
  private static final String PREFIX_HEADER = "X-Forwarded-Prefix";

  /** The names of headers by which proxies can report clients. */
  private static final List<String> KINDS =
      List.of(HttpHeader.X_FORWARDED_FOR.asString(), HttpHeader.FORWARDED.asString());

  /** The other headers that Jetty would read. */
  private static final List<String> X_FORWARDED =
      List.of(
          "X-Forwarded-For",
          "X-Forwarded-Host",
          "X-Forwarded-Port",
          "X-Forwarded-Proto",
          "X-Forwarded-Server");

  private static final List<String> NEVER =
      List.of("X-Proxied-Https", "Proxy-auth-cert", "Proxy-ssl-id");

  private final List<InetAddressPattern> proxies;
  private final boolean standard;
  private final ForwardedRequestCustomizer forwarded = new ForwardedRequestCustomizer();

  /**
   * Creates the customizer.
   *
   * @param proxies addresses as {@link InetAddressPattern} reads them
   * @param header the header that they set, {@code X-Forwarded-For} or {@code Forwarded}
   */
  TrustedProxies(Collection<String> proxies, String header) {
    this.standard = header.equals(HttpHeader.FORWARDED.asString());
    this.proxies = proxies.stream().map(InetAddressPattern::from).toList();
  }

  /**
   * Checks the addresses of proxies.
   *
   * @param addresses an IP address, or a block as {@code ADDRESS/BITS}
   * @return the addresses
   * @throws IllegalArgumentException if they are invalid
   */
  public static String require(String addresses) {
    String address = addresses.replaceFirst("/\\d{1,3}$", "");
    if (!LITERAL.matcher(address).matches() || !isPattern(addresses)) {
      throw new IllegalArgumentException(
          "a trusted proxy must be an IP address or a block such as 10.0.0.0/8: '%s'"
              .formatted(addresses));
    }
    return addresses;
  }

  /**
   * Checks the name of a header.
   *
   * @param name a name in any case
   * @return the usual spelling of the name
   * @throws IllegalArgumentException if proxies do not report clients in it
   */
  public static String requireHeader(String name) {
    return KINDS.stream()
        .filter(name::equalsIgnoreCase)
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "the header of proxies must be %s: '%s'"
                        .formatted(String.join(" or ", KINDS), name)));
  }

  private static boolean isPattern(String addresses) {
    try {
      InetAddressPattern.from(addresses);
      return true;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  @Override
  public Request customize(Request request, HttpFields.Mutable responseHeaders) {
    boolean trusted =
        request.getConnectionMetaData().getRemoteSocketAddress() instanceof InetSocketAddress peer
            && isTrusted(peer.getAddress());
    if (!trusted) {
      return request;
    }
    Request known = forwarded.customize(new Cut(request), responseHeaders);
    known.setAttribute(PublicAddress.PREFIX, prefix(request.getHeaders()));
    return known;
  }

  private static String prefix(HttpFields headers) {
    return headers.getCSV(PREFIX_HEADER, false).stream()
        .map(part -> part.replaceFirst("/+$", ""))
        .filter(part -> PREFIX.matcher(part).matches())
        .collect(joining());
  }

  private boolean isTrusted(InetAddress address) {
    return proxies.stream().anyMatch(proxy -> proxy.test(address));
  }

  private boolean isTrusted(String client) {
    try {
      String host = new HostPort(client.strip()).getHost().replaceAll("[\\[\\]]", "");
      return LITERAL.matcher(host).matches() && isTrusted(InetAddress.getByName(host));
    } catch (IllegalArgumentException | UnknownHostException e) {
      return false;
    }
  }

  /** A request whose header is reduced from a list to one client. */
  private final class Cut extends Request.Wrapper {
    private final HttpFields headers;

    Cut(Request request) {
      super(request);
      HttpFields.Mutable fields = HttpFields.build(request.getHeaders());
      NEVER.forEach(fields::remove);
      if (standard) {
        X_FORWARDED.forEach(fields::remove);
        cut(fields, HttpHeader.FORWARDED, Cut::client);
      } else {
        fields.remove(HttpHeader.FORWARDED);
        cut(fields, HttpHeader.X_FORWARDED_FOR, Optional::of);
      }
      this.headers = fields;
    }

    private static Optional<String> client(String element) {
      Matcher matcher = FOR.matcher(element);
      return matcher.find() ? Optional.of(matcher.group(1)) : Optional.empty();
    }

    private void cut(
        HttpFields.Mutable fields, HttpHeader name, Function<String, Optional<String>> client) {
      List<String> elements = new QuotedCSV(true, values(fields, name)).getValues();
      for (int i = elements.size() - 1; i >= 0; i--) {
        if (i == 0
            || !client.apply(elements.get(i)).filter(TrustedProxies.this::isTrusted).isPresent()) {
          fields.put(name, elements.get(i));
          return;
        }
      }
    }

    private static String[] values(HttpFields fields, HttpHeader name) {
      return fields.getValuesList(name).toArray(String[]::new);
    }

    @Override
    public HttpFields getHeaders() {
      return headers;
    }
  }
}
