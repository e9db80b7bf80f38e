/* What configuring the sources would have found out on Debian 12. */
#define HAVE_LIBPTHREAD 1
#define HAVE_NETINET_IN_H 1
#define HAVE_STDINT_H 1
#define HAVE_SYS_TIME_H 1
#define HAVE_UNISTD_H 1
#define MAX_MYSQL_BUF_SIZE 131072
#define MAX_SIMULTANEOUS_SCRIPTS 20
#define RESULTS_BUFFER 2048
#define SNMP_HDR 1
#define STDC_HEADERS 1
#define TIME_WITH_SYS_TIME 1
#define USE_NET_SNMP 1
#define VERSION "0"
